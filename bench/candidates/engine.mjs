// The product's engine: split, then parts of at most 50 MB with their MD5, ledger, estimate of distinct people and list of
// rejected rows.
//   node engine.mjs INPUT OUTPUT_FOLDER THREADS
import { splitUploadInThread } from '../../dist/customer-file/run-in-thread.js';
import { reportUsage } from '../report-usage.mjs';
import { localBytes, planFor, prepareParts } from './engine-plan.mjs';

const [input, folder, threads] = process.argv.slice(2);
const bytes = localBytes(input);
const plan = await planFor(bytes);
const start = performance.now();
const split = await splitUploadInThread(bytes, plan);
const splitSeconds = (performance.now() - start) / 1000;
await prepareParts(bytes, plan, split.parts, { folder, threads: Number(threads) });
reportUsage({ splitSeconds });
