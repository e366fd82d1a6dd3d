import { type IdentifierKind, kindOfType, parseHeader } from './calculate-type.js';
import { forEachLine } from './file-lines.js';
import { KEY_WORDS } from './identifier-set.js';
import { parseIdentifier } from './identifier-value.js';

const COMMA = 0x2c;
const decoder = new TextDecoder('latin1');

/** Counts of an uploaded file. `lines` counts a header and blank lines too; the values of a header are none. */
export interface FileCounts {
  lines: number;
  goodValues: number;
  badValues: number;
  emptyValues: number;
}

export interface CustomerFileContent extends FileCounts {
  /** Why the format is refused at upload; null when it is not. Bad values alone are never a reason. */
  readonly wrong: string | null;
}

/** Gets a good value's kind and key; the array is used again for the next one. */
export type OnIdentifier = (kind: IdentifierKind, key: Uint32Array) => void;

/**
 * Reads a customer file as TikTok documents it. A single type: one value a line, no header (a header line is one more
 * bad value). MULTIPLE_TYPES: a header line, then as many comma-separated cells as the header has, empty ones allowed.
 * Values that are no identifier are counted and passed over, as the live API says nothing of them.
 *
 * A byte order mark, quotes and spaces are nowhere documented: they are taken literally.
 */
export async function readCustomerFile(
  path: string,
  calculateType: string,
  onIdentifier: OnIdentifier = () => {},
): Promise<CustomerFileContent> {
  const counts: FileCounts = { lines: 0, goodValues: 0, badValues: 0, emptyValues: 0 };
  const key = new Uint32Array(KEY_WORDS);
  let wrong: string | null = null;

  const onValue = (kind: IdentifierKind, buffer: Uint8Array, start: number, end: number) => {
    if (start === end) {
      counts.emptyValues += 1;
    } else if (parseIdentifier(kind, buffer, start, end, key)) {
      counts.goodValues += 1;
      onIdentifier(kind, key);
    } else {
      counts.badValues += 1;
    }
  };

  const onRow = (columns: readonly IdentifierKind[], buffer: Uint8Array, start: number, end: number) => {
    let cell = start;
    let index = 0;
    for (let at = start; at <= end; at += 1) {
      if (at !== end && buffer[at] !== COMMA) continue;
      const kind = columns[index];
      if (kind !== undefined) onValue(kind, buffer, cell, at);
      cell = at + 1;
      index += 1;
    }
    if (index !== columns.length) {
      wrong ??= `line ${counts.lines} has ${index} fields, the header ${columns.length}`;
    }
  };

  const single = kindOfType(calculateType);
  let columns: readonly IdentifierKind[] | null = null;
  await forEachLine(path, (buffer, start, end) => {
    counts.lines += 1;
    if (wrong !== null) return;
    if (single !== 'by_header') {
      if (single !== undefined) onValue(single, buffer, start, end);
    } else if (columns === null) {
      const header = parseHeader(decoder.decode(buffer.subarray(start, end)));
      if ('wrong' in header) wrong = header.wrong;
      else columns = header;
    } else {
      onRow(columns, buffer, start, end);
    }
  });
  return { ...counts, wrong };
}
