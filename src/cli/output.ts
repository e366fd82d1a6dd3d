/** What is going on right now: replaced by the next one on a terminal. */
export interface LiveStatus {
  readonly label: string;
  /** 0 to 1; null when nobody can know. */
  readonly fraction: number | null;
  readonly detail: string;
}

/** Where the commands speak to a person, or to a program with `--json`. */
export interface Output {
  /** A line that stays. */
  say(line?: string): void;
  /** A line about what a person has to do now, without which the command waits in vain: with `--json` on the error stream. */
  ask(line: string): void;
  /** The moving line; on a pipe or in a log, a plain line at each new label and each tenth of the way. */
  live(status: LiveStatus): void;
  /** Takes the moving line away, so that another writer can use the terminal. */
  clear(): void;
  /** A line about what went wrong: always on the error stream. */
  complain(line: string): void;
  /** Text exactly as given, for programs: JSON documents and CSV reports. */
  data(text: string): void;
}

export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const BAR_WIDTH = 24;
const REDRAW_MILLISECONDS = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** Output for people: a moving line on a terminal, plain lines elsewhere. */
export function createOutput(stdout: TextStream, stderr: TextStream): Output {
  return stdout.isTTY === true ? terminalOutput(stdout, stderr) : plainOutput(stdout, stderr);
}

/** Output for programs: only data on standard output, only requests and complaints on standard error. */
export function createSilentOutput(stdout: TextStream, stderr: TextStream): Output {
  const tell = (line: string): void => {
    stderr.write(`${printable(line)}\n`);
  };
  return {
    say() {},
    ask: tell,
    live() {},
    clear() {},
    complain: tell,
    data: (text) => stdout.write(text),
  };
}

function plainOutput(stdout: TextStream, stderr: TextStream): Output {
  let label = '';
  let tenth = -1;
  const say = (line = ''): void => {
    stdout.write(`${printable(line)}\n`);
  };
  return {
    say,
    ask: say,
    live(status) {
      const reached = status.fraction === null ? -1 : Math.floor(status.fraction * 10);
      if (status.label === label && reached <= tenth) return;
      label = status.label;
      tenth = reached;
      const share = status.fraction === null ? '' : `${percent(status.fraction)}  `;
      stdout.write(`${printable(`${status.label}: ${share}${status.detail}`).replace(/[:\s]+$/, '')}\n`);
    },
    clear() {},
    complain: (line) => stderr.write(`${printable(line)}\n`),
    data: (text) => stdout.write(text),
  };
}

function terminalOutput(stdout: TextStream, stderr: TextStream): Output {
  let drawn = false;
  let label = '';
  let drawnAt = 0;
  const clear = (): void => {
    if (drawn) stdout.write(CLEAR_LINE);
    drawn = false;
  };
  const say = (line = ''): void => {
    clear();
    stdout.write(`${printable(line)}\n`);
  };
  return {
    clear,
    say,
    ask: say,
    live(status) {
      const finished = status.fraction === 1;
      const now = Date.now();
      if (status.label === label && !finished && now - drawnAt < REDRAW_MILLISECONDS) return;
      // What is over stays on the screen: the phases add up to the story of the run.
      if (drawn && status.label !== label) stdout.write('\n');
      label = status.label;
      drawnAt = now;
      drawn = true;
      stdout.write(
        `${CLEAR_LINE}${printable(liveLine(status)).slice(0, Math.max(20, (stdout.columns || 80) - 1))}`,
      );
    },
    complain(line) {
      clear();
      stderr.write(`${printable(line)}\n`);
    },
    data(text) {
      clear();
      stdout.write(text);
    },
  };
}

function liveLine({ label, fraction, detail }: LiveStatus): string {
  if (fraction === null) return `${label.padEnd(12)} ${detail}`;
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${label.padEnd(12)} ${bar} ${percent(fraction).padStart(5)}  ${detail}`;
}

function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`;
}

/** File and audience names are other people's text: control characters in them must not drive the terminal. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '');
}
