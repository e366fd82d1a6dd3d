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

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem; color: #1b1b1f; background: #fafafa }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; background: #fff } th, td { text-align: left; padding: .35rem .6rem; border: 1px solid #e2e2e6; vertical-align: top }
th { background: #f2f2f5; font-weight: 600 } code { font-size: .9em } .quiet { color: #66666e }
button { font: inherit; padding: .4rem .9rem; margin-right: .5rem; border: 1px solid #c5c5cc; border-radius: 6px; background: #fff; cursor: pointer }
button.main { background: #111; color: #fff; border-color: #111 }
fieldset { border: 1px solid #e2e2e6; border-radius: 6px; background: #fff; margin: 1rem 0 } label { display: block }
`;

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

/** A table of texts, or a line that says there is nothing to show. */
export function htmlTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): string {
  if (rows.length === 0) return `<p class="quiet">${escapeHtml(nothing)}</p>`;
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line(headers, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}
