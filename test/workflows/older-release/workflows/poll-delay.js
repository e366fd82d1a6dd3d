const FIRST_MS = 5_000;
const GROWTH = 1.5;
const LARGEST_MS = 15 * 60_000;
const HOURLY_AFTER_MS = 2 * 3_600_000;
const HOURLY_MS = 3_600_000;
const DAILY_AFTER_MS = 48 * 3_600_000;
const DAILY_MS = 24 * 3_600_000;
export function pollDelayMs(looks, elapsedMs) {
    if (elapsedMs >= DAILY_AFTER_MS)
        return DAILY_MS;
    if (elapsedMs >= HOURLY_AFTER_MS)
        return HOURLY_MS;
    return Math.min(Math.round(FIRST_MS * GROWTH ** looks), LARGEST_MS);
}
