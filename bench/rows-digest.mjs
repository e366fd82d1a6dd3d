import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const LF = 10;
const HEADER = /^[a-z]+_SHA256[^\n]*\n/i;

/**
 * What the rows of all files `part*` of a folder are, whatever their order and however they are spread over files: how many,
 * and the sums of two hashes of each line. Databases with several threads write rows in any order.
 */
export function digestOfRows(folder) {
  const digest = { rows: 0, sums: [0, 0] };
  for (const name of readdirSync(folder)) {
    if (name.startsWith('part')) addFile(digest, join(folder, name));
  }
  return `${digest.rows} rows ${digest.sums.map((sum) => sum.toString(16).padStart(8, '0')).join('')}`;
}

function addFile(digest, path) {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(4 * 1024 * 1024);
  let kept = 0;
  let isFirst = true;
  for (;;) {
    const read = readSync(file, buffer, kept, buffer.length - kept, null);
    if (read === 0) break;
    const end = kept + read;
    let from = 0;
    if (isFirst) from = HEADER.exec(buffer.toString('latin1', 0, 200))?.[0].length ?? 0;
    isFirst = false;
    const to = buffer.lastIndexOf(LF, end - 1) + 1;
    addLines(digest, buffer, from, to);
    buffer.copyWithin(0, to, end);
    kept = end - to;
  }
  closeSync(file);
  if (kept > 0) throw new Error(`${path} does not end with a line feed.`);
}

function addLines(digest, bytes, from, to) {
  let { rows } = digest;
  let [sum, otherSum] = digest.sums;
  let hash = 0;
  let other = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte !== LF) {
      hash = Math.imul(hash ^ byte, 16777619);
      other = Math.imul(other + byte, 0x9e3779b1) ^ (other >>> 15);
      continue;
    }
    rows++;
    sum = (sum + mix(hash)) >>> 0;
    otherSum = (otherSum + mix(other)) >>> 0;
    hash = 0;
    other = 0;
  }
  digest.rows = rows;
  digest.sums = [sum, otherSum];
}

/** Spreads a line's hash, so that differences between lines do not cancel out in a sum. */
function mix(hash) {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
