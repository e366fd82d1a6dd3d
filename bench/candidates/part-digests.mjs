// The MD5 that TikTok wants of each file of a part's size, for a candidate whose engine does not make it on the way.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const PART_BYTES = 50_000_000;

/** On several threads, since there are several parts. */
export async function makePartDigests(folder, threads) {
  const parts = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const { size } = statSync(path);
    return Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, n) => ({
      path,
      start: n * PART_BYTES,
      end: Math.min(size, (n + 1) * PART_BYTES),
    }));
  });
  const lanes = Array.from({ length: threads }, (_, lane) => parts.filter((_, n) => n % threads === lane));
  const digests = await Promise.all(lanes.map(inThread));
  if (digests.flat().length !== parts.length) throw new Error('A part has no MD5.');
}

function inThread(parts) {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: { parts } })
      .on('message', resolve)
      .on('error', reject);
  });
}

function digestOf({ path, start, end }) {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  const md5 = createHash('md5');
  for (let at = start; at < end; ) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, end - at), at);
    md5.update(buffer.subarray(0, read));
    at += read;
  }
  closeSync(file);
  return md5.digest('hex');
}

if (!isMainThread && workerData?.parts !== undefined) parentPort.postMessage(workerData.parts.map(digestOf));
