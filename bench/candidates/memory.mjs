// The memory of a worker at work: what the worker loads is loaded (it is connected to nothing), then one file is prepared, part
// by part, or expanded into a store. Parts are deleted as they are made.
//   node memory.mjs prepare|expand INPUT FOLDER
import '@temporalio/worker';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '../../dist/activities/create-activities.js';
import { expandUpload } from '../../dist/customer-file/expand-upload.js';
import { splitUploadInThread } from '../../dist/customer-file/run-in-thread.js';
import '../../dist/database/open-database.js';
import { openStore } from '../../dist/storage/open-store.js';
import { storedBytes } from '../../dist/storage/stored-bytes.js';
import '../../dist/tiktok/create-client.js';
import { peakBytes, reportUsage, residentBytes } from '../report-usage.mjs';
import { localBytes, planFor, prepareParts } from './engine-plan.mjs';

const [work, input, parent] = process.argv.slice(2);
const folder = mkdtempSync(join(parent, 'work-'));

async function prepare() {
  const bytes = localBytes(input);
  const plan = await planFor(bytes);
  const start = performance.now();
  const split = await splitUploadInThread(bytes, plan);
  const splitSeconds = (performance.now() - start) / 1000;
  const onPart = (...paths) => {
    for (const path of paths) rmSync(path);
  };
  await prepareParts(bytes, plan, split.parts, { folder, threads: 2, onPart });
  return { splitSeconds };
}

/** From a store into the same store, as the worker does it. */
async function expand() {
  const store = await openStore(pathToFileURL(folder).href);
  const { size } = await store.publish('packed', input);
  await store.put('expanded', expandUpload(storedBytes(store, 'packed', size), 'gzip'));
  return {};
}

await new Promise((resolve) => setTimeout(resolve, 2_000));
const idleBytes = residentBytes();
// Peaks of loading do not count.
const references = openSync('/proc/self/clear_refs', 'w');
writeSync(references, '5');
const start = performance.now();
const found = await (work === 'expand' ? expand() : prepare());
const workSeconds = (performance.now() - start) / 1000;
reportUsage({ ...found, idleBytes, workSeconds, peakBytes: peakBytes() });
rmSync(folder, { recursive: true });
