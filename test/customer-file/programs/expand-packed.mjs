// Expands the packed file that it is given, as an activity does, and says how many bytes came out and how much memory it took.
import { createReadStream, openSync, readSync, statSync } from 'node:fs';
import { detectPacking, PACKING_HEAD_BYTES } from '../../../dist/customer-file/detect-packing.js';
import { expandUpload } from '../../../dist/customer-file/expand-upload.js';
import { peakBytes } from '../../support/peak-memory.mjs';

const path = process.argv[2] ?? '';
const packed = {
  size: statSync(path).size,
  async *read(start, end) {
    if (end > start) yield* createReadStream(path, { start, end: end - 1 });
  },
};
const head = Buffer.alloc(PACKING_HEAD_BYTES);
const length = readSync(openSync(path, 'r'), head, 0, head.length, 0);

const before = peakBytes();
let bytes = 0;
for await (const chunk of expandUpload(packed, detectPacking(head.subarray(0, length))))
  bytes += chunk.length;
const grownBy = peakBytes() - before;
process.stdout.write(JSON.stringify({ bytes, grownBy }));
