/** No zone is further from UTC. */
const FURTHEST_ZONE_MS = 14 * 3_600_000;

/**
 * Whether an audience's time is over. `get` writes times in the advertiser's zone, without naming it; where the zone is
 * not known, the time is taken to be over only when it is so everywhere.
 *
 * @param time `YYYY-MM-DD HH:MM:SS`; null when TikTok names none.
 * @param timeZone as `America/New_York`
 */
export function hasExpired(time: string | null, timeZone: string | null, now: Date): boolean {
  const written = time === null ? Number.NaN : Date.parse(`${time.replace(' ', 'T')}Z`);
  if (Number.isNaN(written)) return false;
  const aheadMs = timeZone === null ? -FURTHEST_ZONE_MS : aheadOfUtcMs(timeZone, now);
  return written - (aheadMs ?? -FURTHEST_ZONE_MS) <= now.getTime();
}

/** Null for a zone that this machine does not know. */
function aheadOfUtcMs(timeZone: string, now: Date): number | null {
  try {
    // Swedish is written as TikTok writes times.
    const local = now.toLocaleString('sv-SE', { timeZone });
    const seconds = Math.floor(now.getTime() / 1_000) * 1_000;
    return Date.parse(`${local.replace(' ', 'T')}Z`) - seconds;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
