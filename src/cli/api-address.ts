import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './errors.js';

const DEFAULT_API = 'http://127.0.0.1:8080';

/**
 * The API's address: the flag, else ACTIVATE_API, else what the local stack wrote into `stack.json` of its data
 * folder, else the default port. Without a slash at the end.
 */
export function apiAddress(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  dataDirectory: string,
): string {
  const named = flag ?? nonEmpty(env['ACTIVATE_API']);
  if (named === undefined) return fromStack(dataDirectory) ?? DEFAULT_API;
  if (!/^https?:\/\//.test(named) || !URL.canParse(named)) {
    throw new UsageError(`The API's address must be a URL such as ${DEFAULT_API}; it is "${named}".`);
  }
  return withoutSlash(named);
}

/** A stack file that is missing, or half written by a stack that is just starting, names no address. */
function fromStack(dataDirectory: string): string | null {
  try {
    const stack: unknown = JSON.parse(readFileSync(join(dataDirectory, 'stack.json'), 'utf8'));
    if (typeof stack !== 'object' || stack === null || !('api' in stack)) return null;
    return typeof stack.api === 'string' && URL.canParse(stack.api) ? withoutSlash(stack.api) : null;
  } catch {
    return null;
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
