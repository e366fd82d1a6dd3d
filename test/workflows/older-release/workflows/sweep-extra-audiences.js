import { isCancellation, sleep, TemporalFailure } from '@temporalio/workflow';
import { extras } from './activity-proxies.js';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SWEEPS_AT_MS = [1 * MINUTE_MS, 10 * MINUTE_MS, 1 * HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];
export async function SweepExtraAudiences({ activationId }) {
    let passedMs = 0;
    for (const atMs of SWEEPS_AT_MS) {
        await sleep(atMs - passedMs, { summary: 'Until the next look for extra audiences' });
        passedMs = atMs;
        try {
            await extras.sweepExtras.executeWithOptions({ summary: 'Delete extra audiences of this activation' }, [
                { activationId },
            ]);
        }
        catch (error) {
            if (!(error instanceof TemporalFailure) || isCancellation(error))
                throw error;
        }
    }
}
