import { soonOrDay } from '../activation/points-in-time.js';
import { tiktok, work } from './activity-proxies.js';
import { HistoryLong, historyLong, waitFor } from './history-limit.js';
import type { ActivateAudienceInput } from './messages.js';
import { pollDelayMs } from './poll-delay.js';
import type { ReconnectGate } from './reconnect-gate.js';
import type { RunStatus } from './run-status.js';

/**
 * Looks at the audience, less often with time, until TikTok has finished with it one way or the other. Throws
 * `HistoryLong` when that is so before.
 */
export async function match(
  input: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
): Promise<void> {
  const { sinceMs, ...earlier } = status.polling ?? { sinceMs: Date.now(), looks: 0 };
  let dueMs = earlier.dueMs;
  for (let looks = earlier.looks; ; looks += 1) {
    dueMs ??= Date.now() + pollDelayMs(looks, Date.now() - sinceMs);
    status.polling = { sinceMs, looks, dueMs };
    const next = soonOrDay(dueMs, Date.now());
    const ended = status.waiting(`The next look at the audience is at ${next}`);
    await waitFor(input, () => false, {
      ms: dueMs - Date.now(),
      summary: `TikTok is matching: next look at the audience at ${next}`,
    });
    ended();
    dueMs = undefined;
    await waitFor(input, () => !status.paused);
    const look = await gate.run(() =>
      tiktok.pollAudience.executeWithOptions(work(`Look at the audience (${looks + 1})`), [
        {
          activationId: input.activationId,
          elapsedMs: Date.now() - sinceMs,
          nextLookInMs: pollDelayMs(looks + 1, Date.now() - sinceMs),
        },
      ]),
    );
    if (look.settled) return;
    status.polling = { sinceMs, looks: looks + 1 };
    if (historyLong(input)) throw new HistoryLong();
  }
}
