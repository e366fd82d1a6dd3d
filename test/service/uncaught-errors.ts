import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Ends of our programs that nobody caused: an error that nothing caught. The supervisor starts them again, and the runs go
 * on, so that only the logs tell.
 */
export function uncaughtErrors(dataFolder: string): string[] {
  return ['api', 'worker', 'sandbox'].flatMap((name) => {
    const log = readFileSync(join(dataFolder, 'logs', `${name}.log`), 'utf8');
    const ends = log.match(/^Node\.js v\d.*$/gm)?.length ?? 0;
    const [what] = /^\w*error: [\s\S]*?(?=^$)/im.exec(log) ?? [];
    return ends === 0 ? [] : [`${name} ended ${ends} times by an uncaught error: ${what}`];
  });
}
