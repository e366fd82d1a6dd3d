export const RATE_LIMIT_PAUSE = 'tiktok_rate_limit_pause';
const MINUTE_MS = 60_000;
export function timeOfDay(time) {
    const minute = new Date(Math.ceil(new Date(time).getTime() / MINUTE_MS) * MINUTE_MS);
    return `${minute.toISOString().slice(11, 16)} UTC`;
}
