import { condition, sleep, workflowInfo } from '@temporalio/workflow';
import { soonOrDay } from '../activation/points-in-time.js';
import { tiktok } from './activity-proxies.js';
import type { ActivateAudienceInput, Polling } from './messages.js';
import { pollDelayMs } from './poll-delay.js';
import type { ReconnectGate } from './reconnect-gate.js';
import type { RunStatus } from './run-status.js';

/**
 * Looks at the audience, less often with time, until TikTok has finished with it one way or the other. Returns null
 * then, and where it stands when the history has grown long.
 */
export async function match(
  input: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
): Promise<Polling | null> {
  const sinceMs = input.carried?.polling?.sinceMs ?? Date.now();
  for (let looks = input.carried?.polling?.looks ?? 0; ; looks += 1) {
    const delayMs = pollDelayMs(looks, Date.now() - sinceMs);
    const next = soonOrDay(Date.now() + delayMs, Date.now());
    status.setWaiting(`The next look at the audience is at ${next}`);
    await sleep(delayMs, { summary: `TikTok is matching: next look at the audience at ${next}` });
    status.setWaiting(null);
    await condition(() => !status.paused);
    const look = await gate.run(() =>
      tiktok.pollAudience.executeWithOptions({ summary: `Look at the audience (${looks + 1})` }, [
        {
          activationId: input.activationId,
          elapsedMs: Date.now() - sinceMs,
          nextLookInMs: pollDelayMs(looks + 1, Date.now() - sinceMs),
        },
      ]),
    );
    if (look.settled) return null;
    if (workflowInfo().historyLength >= input.continueAfterEvents) return { sinceMs, looks: looks + 1 };
  }
}
