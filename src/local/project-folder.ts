import { fileURLToPath } from 'node:url';

/** The folder of package.json; `src/local` and `dist/local` are equally deep in it. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
