import { Worker } from 'node:worker_threads';

/** How long a thread waits for its next task. A run asks for the next part within moments. */
const IDLE_MS = 10_000;

interface IdleThread {
  readonly worker: Worker;
  readonly timer: NodeJS.Timeout;
  readonly onExit: () => void;
}

/**
 * Threads of the engine that have done their task. The next one finds the code compiled and optimised: a fresh thread
 * needs a fifth of a second for that, which is as long as a small part takes. Idle threads do not keep the process alive.
 */
const idle: IdleThread[] = [];

export function takeThread(): Worker {
  const thread = idle.pop();
  if (thread === undefined) return newThread();
  clearTimeout(thread.timer);
  thread.worker.off('exit', thread.onExit);
  thread.worker.off('error', thread.onExit);
  thread.worker.ref();
  return thread.worker;
}

/** The rows are in the engine's own memory, so that little is left for the collector; its heap would grow part by part. */
function newThread(): Worker {
  return new Worker(new URL('./engine-thread.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
}

/** Keeps a thread that waits for a task. Nobody else may listen to it any more. */
export function giveThreadBack(worker: Worker): void {
  const forget = (): void => {
    const at = idle.findIndex((thread) => thread.worker === worker);
    if (at !== -1) idle.splice(at, 1);
  };
  const timer = setTimeout(() => {
    forget();
    void worker.terminate();
  }, IDLE_MS).unref();
  worker.unref();
  worker.on('exit', forget);
  worker.on('error', forget);
  idle.push({ worker, timer, onExit: forget });
}
