const HOUR_MS = 60 * 60 * 1000;

/** An incomplete upload expires after this time without progress. */
export const INCOMPLETE_LIFETIME_MS = 24 * HOUR_MS;

/** A complete upload expires this long after its last run ended, or after its completion when it had none. */
export const COMPLETE_LIFETIME_MS = 7 * 24 * HOUR_MS;
