import { isCancellation, sleep, TemporalFailure } from '@temporalio/workflow';
import { extras } from './activity-proxies.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Since the publication: for a day, seldom at the end. */
const SWEEPS_AT_MS = [1 * MINUTE_MS, 10 * MINUTE_MS, 1 * HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

/**
 * For a day after a publication whose answer was missed: deletes audiences beside the one of the activation that carry
 * its one-time name, in case TikTok shows them only now. A sweep that fails for good is left to the next one.
 */
export async function SweepExtraAudiences({ activationId }: { activationId: string }): Promise<void> {
  let passedMs = 0;
  for (const atMs of SWEEPS_AT_MS) {
    await sleep(atMs - passedMs, { summary: 'Until the next look for extra audiences' });
    passedMs = atMs;
    try {
      await extras.sweepExtras.executeWithOptions({ summary: 'Delete extra audiences of this activation' }, [
        { activationId },
      ]);
    } catch (error) {
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
    }
  }
}
