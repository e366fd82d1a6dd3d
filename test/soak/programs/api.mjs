import { startDisturbable } from './disturbable.mjs';

await startDisturbable('api', new URL('../../../dist/api/main.js', import.meta.url).pathname);
