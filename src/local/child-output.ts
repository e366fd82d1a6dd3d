import { createWriteStream, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** One line that a child wrote, and where. */
export interface OutputLine {
  text: string;
  stream: 'stdout' | 'stderr';
}

/** What of a line a person should see in the terminal; undefined: it stands in the log file only. */
export type Worthwhile = (line: OutputLine) => string | undefined;

const KEPT_LINES = 15;
const LONGEST_LINE = 64 * 1024;

/** The output of one service over all its starts: every line to its log file, what matters to the terminal. */
export class ChildOutput {
  readonly #logFile: string;
  #file: WriteStream;
  readonly #show: (text: string) => void;
  readonly #worthwhile: Worthwhile;
  #last: string[] = [];

  constructor(logFile: string, show: (text: string) => void, worthwhile: Worthwhile) {
    this.#logFile = logFile;
    this.#file = open(logFile);
    this.#show = show;
    this.#worthwhile = worthwhile;
  }

  follow(readable: Readable, stream: OutputLine['stream']): void {
    let rest = '';
    readable.setEncoding('utf8');
    readable.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
      for (const text of lines) this.#take({ text, stream });
    });
    readable.on('end', () => {
      if (rest !== '') this.#take({ text: rest, stream });
    });
    readable.on('error', () => undefined);
  }

  /** The newest lines, for the message about a service that does not start. */
  lastLines(): string {
    return this.#last.map((line) => `  ${line}`).join('\n');
  }

  close(): void {
    this.#file.end();
  }

  #take(line: OutputLine): void {
    // After a failure such as a full disk: what comes once there is room again is not lost too.
    if (this.#file.destroyed) this.#file = open(this.#logFile);
    this.#file.write(`${line.text}\n`);
    this.#last = [...this.#last.slice(1 - KEPT_LINES), line.text];
    const shown = this.#worthwhile(line);
    if (shown !== undefined) this.#show(shown);
  }
}

/** A full disk must not take the supervisor down with the log. */
function open(logFile: string): WriteStream {
  return createWriteStream(logFile, { flags: 'a', mode: 0o600 }).on('error', () => undefined);
}
