import { condition, sleep, workflowInfo } from '@temporalio/workflow';
import { tiktok } from './activity-proxies.js';
import { pollDelayMs } from './poll-delay.js';
export async function match(input, status, gate) {
    const sinceMs = input.carried?.polling?.sinceMs ?? Date.now();
    for (let looks = input.carried?.polling?.looks ?? 0;; looks += 1) {
        await sleep(pollDelayMs(looks, Date.now() - sinceMs), { summary: 'Until the next look at the audience' });
        await condition(() => !status.paused);
        const look = await gate.run(() => tiktok.pollAudience.executeWithOptions({ summary: `Look at the audience (${looks + 1})` }, [
            {
                activationId: input.activationId,
                elapsedMs: Date.now() - sinceMs,
                nextLookInMs: pollDelayMs(looks + 1, Date.now() - sinceMs),
            },
        ]));
        if (look.settled)
            return null;
        if (workflowInfo().historyLength >= input.continueAfterEvents)
            return { sinceMs, looks: looks + 1 };
    }
}
