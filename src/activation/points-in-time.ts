const MINUTE_MS = 60_000;
const SOON_MS = 12 * 3_600_000;

/** A point in time for a person, as `2026-11-23 14:05 UTC`; not before the time itself. */
export function dayAndTime(atMs: number): string {
  const minute = new Date(Math.ceil(atMs / MINUTE_MS) * MINUTE_MS).toISOString();
  return `${minute.slice(0, 10)} ${minute.slice(11, 16)} UTC`;
}

/** A time of day for a person, as `14:05 UTC`; not before the time itself. */
export function timeOfDay(atMs: number): string {
  return dayAndTime(atMs).slice('2026-11-23 '.length);
}

/** As `14:05 UTC` when that is soon, and with the day when it is further away. */
export function soonOrDay(atMs: number, nowMs: number): string {
  return atMs - nowMs < SOON_MS ? timeOfDay(atMs) : dayAndTime(atMs);
}
