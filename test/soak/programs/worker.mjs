import { startBehindLines } from './behind-lines.mjs';

await startBehindLines('worker', new URL('../../../dist/worker.js', import.meta.url).pathname);
