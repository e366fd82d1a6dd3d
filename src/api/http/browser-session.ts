import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

const COOKIE = 'activate_audience_session';
const LIFETIME_SECONDS = 12 * 60 * 60;

/**
 * The cookie with which a browser may look at pages after a person has typed a key: the end of the session, signed with
 * that key. It holds no key, and dies when the key is taken out of API_KEYS.
 */
export function sessionCookie(key: string, publicUrl: string): string {
  const end = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${COOKIE}=${end}.${signature(key, end)}; Path=/; Max-Age=${LIFETIME_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

/** Whether the request carries a session of one of the keys. Good for reading only: a cookie comes along uninvited. */
export function hasSession(request: Request, keys: readonly string[]): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const cookies = (request.headers.cookie ?? '').split(/; */);
  const value = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? '';
  const [end = '', given = ''] = value.split('.');
  if (!/^\d{1,12}$/.test(end) || Number(end) * 1000 <= Date.now()) return false;
  return keys.reduce((found, key) => equal(signature(key, Number(end)), given) || found, false);
}

function signature(key: string, end: number): string {
  return createHmac('sha256', key).update(`activate-audience session until ${end}`).digest('base64url');
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
