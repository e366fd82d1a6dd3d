import { setTimeout as delay } from 'node:timers/promises';
import type { SessionLocks } from '../database/session-locks.js';
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

/** Does `work` unless another process on the same database is at it: then that one does it for both. */
export async function inOneProcess(
  locks: SessionLocks,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  const lock = await locks.tryLock(name);
  if (lock === null) return;
  try {
    await work();
  } finally {
    await lock.release();
  }
}

/** Work that no request waits for. The process waits for it before it ends. */
export interface BackgroundTasks {
  /** Begins `work` at once. What it throws is logged. */
  begin(what: string, work: () => Promise<void>): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

export function createBackgroundTasks(logger: Logger): BackgroundTasks {
  const underWay = new Set<Promise<void>>();
  return {
    begin(what, work) {
      const task = (async () => work())()
        .catch((error: unknown) => logger.warn({ err: error }, `${what} failed`))
        .finally(() => underWay.delete(task));
      underWay.add(task);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
