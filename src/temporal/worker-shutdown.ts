/**
 * How long a worker that is asked to end lets what is under way come to its end, before it hands it back to Temporal for
 * another worker.
 */
export const SHUTDOWN_GRACE_MS = 10_000;

/** When it gives up what then still does not end. Orchestrators wait longer before they kill. */
export const SHUTDOWN_FORCE_MS = 45_000;
