import { gzipSync } from 'node:zlib';
import { zipArchive } from '../customer-file/zip-archive.js';
import type { Chance } from './chance.js';

const INSERTED = [
  '"',
  '""',
  ',',
  ';',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\ufeff',
  '\x80',
  '\xff',
  '@',
  ' ',
  '\x1a',
] as const;

/** The bytes with a few things gone wrong: changed, cut out, put in, repeated, cut off. */
export function mutated(chance: Chance, original: Buffer): Buffer {
  let bytes = original;
  for (let change = chance.pick([0, 1, 1, 2, 3, 6]); change > 0; change--) bytes = changedOnce(chance, bytes);
  return bytes;
}

function changedOnce(chance: Chance, bytes: Buffer): Buffer {
  const at = chance.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + chance.below(chance.once(4) ? bytes.length + 1 : 12));
  switch (chance.below(8)) {
    case 0: {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << chance.below(8));
      return changed;
    }
    case 1:
    case 2:
    case 3: {
      const text = chance.pick(INSERTED);
      return spliced(bytes, at, at, Buffer.from(text, chance.once(2) ? 'latin1' : 'utf8'));
    }
    case 4:
      return spliced(bytes, at, to, Buffer.alloc(0));
    case 5:
      return spliced(bytes, at, at, bytes.subarray(at, to));
    case 6:
      return spliced(bytes, at, to, chance.bytes(chance.below(9)));
    default:
      return bytes.subarray(0, at);
  }
}

function spliced(bytes: Buffer, from: number, to: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(to)]);
}

/** Packed in one of the ways that are read, or as it is. */
export function packed(chance: Chance, bytes: Buffer): Buffer {
  switch (chance.below(10)) {
    case 0:
      return gzipSync(bytes, { level: chance.pick([0, 1, 9]) });
    case 1:
      return zipArchive([
        {
          name: 'customers.csv',
          content: bytes,
          method: chance.pick(['stored', 'deflated']),
          zip64: chance.once(3),
        },
        ...(chance.once(6) ? [{ name: 'more.csv', content: bytes }] : []),
      ]);
    case 2:
      return gzipSync(gzipSync(bytes));
    default:
      return bytes;
  }
}
