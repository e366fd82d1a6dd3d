import { isDeepStrictEqual } from 'node:util';

/**
 * Something that must never happen did. The words tell where and of what kind, never a value: neither the message of an
 * unknown error nor what was compared is repeated.
 */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Two ways to the same thing must agree. */
export function agree(what: string, left: unknown, right: unknown): void {
  if (!isDeepStrictEqual(left, right)) throw new Finding(`${what} differ`);
}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Finding(what);
}

/** What is said of an error that nobody planned: its class and where it came from. */
export function unplanned(stage: string, error: unknown): Finding {
  if (error instanceof Finding) return error;
  if (!(error instanceof Error)) return new Finding(`${stage} threw something that is no error`);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return new Finding(`${stage} threw a ${error.name}\n${frames.slice(0, 8).join('\n')}`);
}
