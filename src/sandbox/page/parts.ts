import { escapeHtml } from '../html.js';

/** HTML that is complete already. Any other text is escaped where it is put in. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Joins what is HTML and what is text: `html\`<b>${name}</b>\``. Lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Html {
  const pieces = strings.map((string, index) => string + rendered(values[index] ?? ''));
  return new Html(pieces.join(''));
}

type Piece = Html | string | number | readonly (Html | string | number)[];

function rendered(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece));
  return piece.map(rendered).join('');
}

interface Column {
  readonly name: string;
  /** Numbers stand right; fixed ones do not break. */
  readonly kind?: 'number' | 'fixed';
}

/** A table, or a line that says there is nothing to show. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (Html | string | number)[])[],
  nothing: string,
): Html {
  if (rows.length === 0) return html`<p class="quiet">${nothing}</p>`;
  const head = columns.map(({ name, kind }) => html`<th class="${kind ?? ''}">${name}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => html`<td class="${columns[index]?.kind ?? ''}">${cell}</td>`);
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A card of the page with a place to come back to. */
export function section(id: string, title: string, content: readonly Html[]): Html {
  return html`<section id="${id}"><h2>${title}</h2>${content}</section>\n`;
}

interface Action {
  /** Below `/_sandbox/`. */
  readonly path: string;
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  /** The section to come back to. */
  readonly back: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A form that does something to the sandbox; works without a script. */
export function form({ path, method = 'POST', back, fields = {} }: Action, content: Html): Html {
  const hidden = Object.entries({ _method: method, _back: back, ...fields }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form class="row" method="post" action="/_sandbox/${path}">${hidden}${content}</form>`;
}

/** A form of one button. */
export function button(label: string, action: Action, kind = ''): Html {
  return form(action, html`<button class="${kind}">${label}</button>`);
}

export function options(values: readonly string[], chosen?: string): Html[] {
  return values.map((value) => option(value, value, value === chosen));
}

export function option(value: string, label: string, chosen: boolean): Html {
  return html`<option value="${value}"${new Html(chosen ? ' selected' : '')}>${label}</option>`;
}
