import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Address of a module of the built program, for processes of their own. */
export function builtModule(path: string): string {
  return new URL(`../../dist/${path}`, import.meta.url).href;
}

/** Starts Node on the text of a module, below a shell when `limits` (as `ulimit -f 8`) are set for it. */
export function startNode(source: string, limits = 'true'): ChildProcess {
  return spawn(
    '/bin/sh',
    ['-c', `${limits} && exec "$0" --input-type=module -e "$1"`, process.execPath, source],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
}

/** Everything that the process printed, once it ended with 0. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`the process ended with ${code ?? signal} after printing ${JSON.stringify(output)}`);
  return output;
}
