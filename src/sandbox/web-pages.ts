import type { RequestHandler } from 'express';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

/** Whether only this machine reaches a server that listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.toLowerCase());
}

/**
 * Refuses a name that was pointed at the loopback address (DNS rebinding): to the browser its page is one of ours, and
 * reads the uploaded lists. For a server that only this machine reaches: another one may bear any name.
 */
export const refuseForeignHost: RequestHandler = (request, response, next) => {
  const host = request.get('host') ?? '';
  if (isLoopback(host.replace(/:\d*$/, ''))) next();
  else response.status(403).json({ error: 'Host: call the sandbox as localhost or 127.0.0.1.' });
};

/**
 * Refuses what a page of another address would change through its visitor's browser: a form is sent without asking.
 * Looking stays open, as TikTok's sign-in page is reached from other pages, which cannot read what they get.
 */
export const refuseForeignPages: RequestHandler = (request, response, next) => {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const looks = request.method === 'GET' || request.method === 'HEAD';
  // The browser's own word is surer, as a proxy may have written another host; older browsers send the origin alone.
  const foreign =
    site === undefined
      ? origin !== undefined && !isOwnOrigin(origin, request.get('host') ?? '')
      : site !== 'same-origin' && site !== 'none';
  if (looks || !foreign) next();
  else response.status(403).json({ error: 'Origin: pages of other addresses may change nothing here.' });
};

function isOwnOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
