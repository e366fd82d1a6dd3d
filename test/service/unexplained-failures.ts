import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const failure = z.object({
  msg: z.string(),
  code: z.string().optional(),
  err: z.object({ type: z.string(), message: z.string().optional() }).optional(),
  error: z.object({ type: z.string(), message: z.string().optional() }).optional(),
});

/**
 * What the programs of a stack met that nobody had thought of: errors that nothing caught, and those that they have no name
 * for. All goes on in spite of them, so that only the logs tell.
 */
export function unexplainedFailures(dataFolder: string): string[] {
  return ['api', 'worker', 'sandbox'].flatMap((name) => {
    const log = readFileSync(join(dataFolder, 'logs', `${name}.log`), 'utf8');
    const ends = log.match(/^Node\.js v\d.*$/gm)?.length ?? 0;
    const [what] = /^\w*error: [\s\S]*?(?=^$)/im.exec(log) ?? [];
    return [
      ...(ends === 0 ? [] : [`${name} ended ${ends} times by an uncaught error: ${what}`]),
      ...log
        .split('\n')
        .flatMap(unnamed)
        .map((said) => `${name}: ${said}`),
    ];
  });
}

function unnamed(line: string): string[] {
  if (!line.includes('internal_error') && !line.includes('unexpected error')) return [];
  // Of a process that was killed while it wrote.
  if (!line.endsWith('}')) return [];
  const { msg, code, err, error } = failure.parse(JSON.parse(line));
  if (code !== 'internal_error' && msg !== 'unexpected error') return [];
  const { type, message } = err ?? error ?? { type: 'nothing' };
  return [`${msg}: ${type}: ${message}`];
}
