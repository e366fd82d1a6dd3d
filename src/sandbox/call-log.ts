import { appendFileSync, closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';

const LONGEST_LINE = 400;

/** One call that the sandbox got. */
export interface Call {
  /** ISO 8601 UTC, of the sandbox's clock. */
  readonly time: string;
  readonly method: string;
  /** Path below the base address, without its query. */
  readonly endpoint: string;
  /**
   * What the caller saw: the `code` of the envelope, or `http 404`, `http 405`, `http 502`…, `reset-before`,
   * `reset-after`, `timeout`; `aborted` when the caller went away before its request was complete.
   */
  readonly outcome: number | string;
  /** The `code` that was made, also when the answer was lost on purpose; null when none was. */
  readonly code: number | null;
  readonly request_id: string | null;
}

function isComplete(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Every call, oldest first, in a file that only grows: it outlives a kill -9. A call is written before its answer. */
export class CallLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    // A kill can leave half a line; what follows must not be glued to it. Empty lines are passed over.
    appendFileSync(this.#path, '\n');
  }

  add(call: Call): void {
    appendFileSync(this.#path, `${JSON.stringify(call)}\n`);
  }

  /** @param endpoint only the calls of this one */
  read(endpoint?: string): Call[] {
    const calls = this.#lines()
      .filter(isComplete)
      .map((line): Call => JSON.parse(line));
    return endpoint === undefined ? calls : calls.filter((call) => call.endpoint === endpoint);
  }

  /** The newest `count` calls, newest first, without reading the whole file. */
  newest(count: number): Call[] {
    return this.#tail(count * LONGEST_LINE)
      .filter(isComplete)
      .slice(-count)
      .toReversed()
      .map((line): Call => JSON.parse(line));
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }

  #lines(): string[] {
    return this.#tail(Number.POSITIVE_INFINITY);
  }

  /** The lines of the last bytes; the first of them may be a piece of one. */
  #tail(most: number): string[] {
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, most));
      const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
      return bytes
        .toString('utf8', 0, read)
        .split('\n')
        .filter((line) => line !== '');
    } finally {
      closeSync(file);
    }
  }
}
