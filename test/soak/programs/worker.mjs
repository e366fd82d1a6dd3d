import { startDisturbable } from './disturbable.mjs';

await startDisturbable('worker', new URL('../../../dist/worker.js', import.meta.url).pathname);
