import { createRequire } from 'node:module';

type PhoneLibrary = typeof import('libphonenumber-js');

const require = createRequire(import.meta.url);
let library: PhoneLibrary | undefined;

/**
 * libphonenumber-js, loaded for the first number that needs it: its hundred modules take a tenth of a second, in every
 * thread, and most files have no such number.
 */
export function phoneLibrary(): PhoneLibrary {
  const loaded: PhoneLibrary = library ?? require('libphonenumber-js');
  library = loaded;
  return loaded;
}
