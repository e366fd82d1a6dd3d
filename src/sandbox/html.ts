import { STYLE } from './style.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, also in an attribute's quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The bare page that a server in front of the API shows for an error. */
export function errorPage(title: string): string {
  const text = escapeHtml(title);
  return `<html>\n<head><title>${text}</title></head>\n<body>\n<center><h1>${text}</h1></center>\n</body>\n</html>\n`;
}

/** A whole page. `body` is HTML, whose texts are escaped already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body>
</html>
`;
}
