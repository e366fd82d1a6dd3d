import { startBehindLines } from './behind-lines.mjs';

await startBehindLines('api', new URL('../../../dist/api/main.js', import.meta.url).pathname);
