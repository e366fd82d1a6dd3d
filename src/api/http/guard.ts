import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { hasSession } from './browser-session.js';
import { KEY_PAGE_HEADERS, keyPage } from './plain-page.js';
import { Problem } from './problem.js';

export interface GuardOptions {
  /** The server listens on the loopback address only. */
  readonly loopback: boolean;
  readonly apiKeys: readonly string[];
  readonly publicUrl: string;
}

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Asked by probes, by TikTok's redirect in a browser, by people who were invited to sign in, and by those who look up how
 * to send the key or type it.
 */
const WITHOUT_KEY =
  /^\/(?:healthz|readyz|openapi\.json|docs(?:\/.*)?|v1\/oauth\/tiktok\/callback|invitation(?:\/sign-in)?|session)$/;

/** Pages for people, who come with a browser: it is asked for a key rather than told that one is missing. */
const PAGES = /^\/(?:activations\/[^/]+|connections\/[^/]+\/sign-in)$/;

/**
 * Who may ask. On the loopback address everybody at this machine may, except web pages: a page of the internet reaches
 * 127.0.0.1 through the visitor's browser, with a foreign `Origin`, or with a foreign `Host` when its own name was
 * pointed here (DNS rebinding). Where keys are configured, a key is needed.
 */
export function guard(options: GuardOptions): RequestHandler {
  const publicHost = new URL(options.publicUrl).host;
  const { apiKeys } = options;
  return (request, response, next) => {
    if (options.loopback) refuseWebPages(request, publicHost);
    const open = apiKeys.length === 0 || WITHOUT_KEY.test(request.path);
    if (open || findKey(apiKeys, bearerOf(request)) !== null || hasSession(request, apiKeys)) next();
    else if (request.method === 'GET' && PAGES.test(request.path)) {
      response.status(401).set(KEY_PAGE_HEADERS).type('html').send(keyPage(request.originalUrl, false));
    } else throw keyNeeded();
  };
}

function refuseWebPages(request: Request, publicHost: string): void {
  const host = (request.headers.host ?? '').toLowerCase();
  if (host !== publicHost && !LOOPBACK_NAMES.has(host.replace(/:\d*$/, ''))) {
    throw new Problem({
      status: 403,
      code: 'foreign_host',
      title: 'This name is not served here',
      detail: 'Call the server as localhost or 127.0.0.1, or by the name in PUBLIC_URL.',
    });
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, host, publicHost)) {
    throw new Problem({
      status: 403,
      code: 'foreign_origin',
      title: 'Other web pages may not call this server',
      detail: 'The request comes from a web page of another address.',
    });
  }
}

function isOwnOrigin(origin: string, host: string, publicHost: string): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin).host;
  return from === host || from === publicHost;
}

function bearerOf(request: Request): string {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

/** The key that was given, if it is one of them. */
export function findKey(keys: readonly string[], given: string): string | null {
  const digested = digest(given);
  // Digests have one length, and all of them are compared, so that time tells nothing about a key.
  return keys.reduce<string | null>(
    (found, key) => (timingSafeEqual(digest(key), digested) ? key : found),
    null,
  );
}

function keyNeeded(): Problem {
  return new Problem({
    status: 401,
    code: 'unauthorized',
    title: 'A key is needed',
    detail: 'Send one of the API_KEYS of this server in the header "Authorization: Bearer".',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
