import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { Problem } from './problem.js';

export interface GuardOptions {
  /** The server listens on the loopback address only. */
  readonly loopback: boolean;
  readonly apiKeys: readonly string[];
  readonly publicUrl: string;
}

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Asked by probes, by TikTok's redirect in a browser, and by people who look up how to send the key. */
const WITHOUT_KEY = /^\/(?:healthz|readyz|openapi\.json|docs(?:\/.*)?|v1\/oauth\/tiktok\/callback)$/;

/**
 * Who may ask. On the loopback address everybody at this machine may, except web pages: a page of the internet reaches
 * 127.0.0.1 through the visitor's browser, with a foreign `Origin`, or with a foreign `Host` when its own name was
 * pointed here (DNS rebinding). Where keys are configured, a key is needed.
 */
export function guard(options: GuardOptions): RequestHandler {
  const publicHost = new URL(options.publicUrl).host;
  const keys = options.apiKeys.map(digest);
  return (request, _response, next) => {
    if (options.loopback) refuseWebPages(request, publicHost);
    if (keys.length > 0 && !WITHOUT_KEY.test(request.path)) requireKey(request, keys);
    next();
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

function requireKey(request: Request, keys: readonly Buffer[]): void {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const digested = digest(given ?? '');
  // Digests have one length, and all of them are compared, so that time tells nothing about a key.
  const known = keys.reduce((found, key) => timingSafeEqual(key, digested) || found, false);
  if (given !== undefined && known) return;
  throw new Problem({
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
