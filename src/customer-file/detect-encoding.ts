import { isUtf8 } from 'node:buffer';
import type { Encoding } from './plan.js';

/** What a decoder leaves where bytes were no text; a file may hold it already, as the damage of an earlier program. */
const REPLACEMENT_CHARACTER = '\ufffd';
const BEYOND_ASCII = /[^\0-\x7f]/gu;

/**
 * The encoding of text without a byte order mark. Windows-1252 has a meaning for almost every byte, so it is what is left
 * when the bytes are no UTF-8. A few damaged characters do not make a file of UTF-8 another one: they spoil their own
 * cells, and read as Windows-1252 they would spoil all others, without a word.
 */
export function detectEncoding(bytes: Buffer): Encoding {
  if (isUtf8(bytes)) return 'utf-8';
  const text = bytes.toString('utf8');
  const replaced = count(text, REPLACEMENT_CHARACTER);
  const damaged = replaced - count(bytes, REPLACEMENT_CHARACTER);
  const sound = (text.match(BEYOND_ASCII)?.length ?? 0) - damaged;
  return damaged >= sound ? 'windows-1252' : 'utf-8';
}

function count(within: string | Buffer, character: string): number {
  let found = 0;
  const length = Buffer.isBuffer(within) ? Buffer.byteLength(character) : character.length;
  for (let at = within.indexOf(character); at !== -1; at = within.indexOf(character, at + length)) found++;
  return found;
}
