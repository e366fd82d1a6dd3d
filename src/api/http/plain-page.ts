export interface PageLink {
  readonly text: string;
  readonly url: string;
}

/** A plain page for a person, where the console will be. */
export function plainPage(
  title: string,
  paragraphs: readonly string[],
  links: readonly PageLink[] = [],
): string {
  return page(title, [
    ...paragraphs.map(paragraph),
    ...links.map(({ text, url }) => `<p><a href="${escapeHtml(url)}">${escapeHtml(text)}</a></p>`),
  ]);
}

/** Asks for a key, which a browser cannot send by itself, and goes on to `to`. */
export function keyPage(to: string, refused: boolean): string {
  return page('A key is needed', [
    ...(refused ? [paragraph('This key is not one of this server.')] : []),
    paragraph(
      'Type one of the API_KEYS of this server to see the page. It is asked for again after 12 hours.',
    ),
    `<form method="post" action="/session"><input type="hidden" name="to" value="${escapeHtml(to)}">`,
    '<p><input type="password" name="key" autocomplete="off" autofocus required> <button>Go on</button></p></form>',
  ]);
}

function page(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · Activate Audience</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</html>
`;
}

/** Nothing may run or load on the page, and its address, which can hold an authorization code, is told to nobody. */
export const PLAIN_PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The form is sent to this server, with an `Origin` that names it: without any referrer that would be "null". */
export const KEY_PAGE_HEADERS = {
  ...PLAIN_PAGE_HEADERS,
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'",
  'referrer-policy': 'same-origin',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
