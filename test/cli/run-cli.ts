import { runCommandLine, type Surroundings } from '../../src/cli/command-line.js';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCliOptions extends Partial<Omit<Surroundings, 'stdout' | 'stderr' | 'env'>> {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of standard output. */
  readonly onOutput?: (text: string) => void;
  /** Called with each piece of standard error. */
  readonly onComplaint?: (text: string) => void;
}

/** Runs one command line in this process, without a terminal. */
export async function runCli(words: readonly string[], options: RunCliOptions = {}): Promise<Ran> {
  const { onOutput, onComplaint, ...around } = options;
  let stdout = '';
  let stderr = '';
  const exitCode = await runCommandLine(words, {
    directory: process.cwd(),
    dataDirectory: '/nonexistent',
    confirm: null,
    openBrowser: null,
    env: {},
    ...around,
    stdout: {
      write(text) {
        stdout += text;
        onOutput?.(text);
      },
    },
    stderr: {
      write(text) {
        stderr += text;
        onComplaint?.(text);
      },
    },
  });
  return { exitCode, stdout, stderr };
}
