import { Context } from '@temporalio/activity';

/** Well under the workflow's heartbeat timeout of 10 s. A cancellation comes with the answer to a heartbeat. */
export const HEARTBEAT_INTERVAL_MS = 2_000;

/**
 * Runs work that leaves the event loop free, and tells Temporal all the while that this worker is alive. The signal
 * aborts when the run is cancelled, the worker shuts down, or Temporal has given the activity to another worker.
 *
 * @param onBeat called with each heartbeat; a failure of it is left to the next one.
 */
export async function heartbeating<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onBeat?: () => Promise<void>,
): Promise<T> {
  const context = Context.current();
  // What earlier attempts left in the details is kept for later ones.
  const beat = () => context.heartbeat(context.info.heartbeatDetails);
  const timer = setInterval(() => {
    beat();
    onBeat?.().catch((error: unknown) => context.log.debug('heartbeat side work failed', { error }));
  }, HEARTBEAT_INTERVAL_MS);
  try {
    beat();
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
