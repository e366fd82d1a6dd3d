import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.js';

/**
 * Does `work` at once and then again after each interval, one at a time, until `stopping` is aborted. Failures are logged: the
 * next time may go better. Resolves when the last one has ended.
 */
export async function repeat(
  what: string,
  intervalMs: number,
  work: () => Promise<void>,
  deps: { readonly logger: Logger; readonly stopping: AbortSignal },
): Promise<void> {
  const { logger, stopping } = deps;
  while (!stopping.aborted) {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, `${what} failed and is tried again`);
    }
    await delay(intervalMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}
