import { type Request, Router, urlencoded } from 'express';
import { sessionCookie } from '../http/browser-session.js';
import { findKey } from '../http/guard.js';
import { KEY_PAGE_HEADERS, keyPage, PLAIN_PAGE_HEADERS, plainPage } from '../http/plain-page.js';

/** Where the page that asks for a key sends it. */
export function browserSessionRoutes(deps: {
  readonly apiKeys: readonly string[];
  readonly publicUrl: string;
}): Router {
  const router = Router();
  router.post('/session', urlencoded({ extended: false, limit: '10kb' }), (request, response) => {
    const key = findKey(deps.apiKeys, field(request, 'key'));
    const to = localPath(field(request, 'to'));
    if (key === null) {
      response.status(401).set(KEY_PAGE_HEADERS).type('html').send(keyPage(to, true));
      return;
    }
    // A page and no redirect: a browser would not follow one from a form to another server, as to TikTok's sign-in.
    response
      .set(PLAIN_PAGE_HEADERS)
      .set('set-cookie', sessionCookie(key, deps.publicUrl))
      .type('html')
      .send(
        plainPage('The key is accepted', ['It is not kept in this browser.'], [{ text: 'Go on', url: to }]),
      );
  });
  return router;
}

function field(request: Request, name: string): string {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return '';
  const value = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : '';
}

/** A path of this server; what a browser could take for the address of another one is not followed. */
function localPath(to: string): string {
  const here = 'http://here.invalid';
  const local = to.startsWith('/') && URL.canParse(to, here) && new URL(to, here).origin === here;
  return local ? to : '/docs';
}
