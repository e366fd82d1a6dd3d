const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Between the first looks after an answer was missed, which are at 0, 5 and 20 seconds. */
const FIRST_GAPS_MS = [5 * SECOND_MS, 15 * SECOND_MS];

/** How long after the request could last leave TikTok must have shown nothing before it is asked again. */
const QUIET_MS = 20 * SECOND_MS;
const LONGEST_QUIET_MS = 5 * MINUTE_MS;

/** How long a cancelled run looks for what became of its request, while TikTok processes the audience. */
export const LONGEST_LOOK_MS = 60 * MINUTE_MS;

/**
 * When to look again for something that was sent and not found; null when it may be sent again. A request that keeps
 * being lost is repeated ever more slowly.
 *
 * @param looks so far since it was sent, this one included.
 * @param sends how often it was sent.
 * @param overdueMs since the request can no longer leave; negative while it still can.
 */
export function untilNextLookMs(looks: number, sends: number, overdueMs: number): number | null {
  const quietMs = Math.min(QUIET_MS * 2 ** (sends - 1), LONGEST_QUIET_MS) - overdueMs;
  if (quietMs <= 0) return null;
  return Math.min(FIRST_GAPS_MS[looks - 1] ?? quietMs, quietMs);
}

/** When to look again at an audience that TikTok is still processing. */
export function untilProcessedMs(looks: number): number {
  return Math.min(5 * SECOND_MS * 1.5 ** looks, 5 * MINUTE_MS);
}
