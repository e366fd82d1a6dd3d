/**
 * How long after it was recorded a request may still leave. Enough for a connection to be made; short, because as long
 * as it lasts nobody may repeat a request whose sender is silent.
 */
export const SEND_WITHIN_MS = 15_000;

/** The request was not sent, since it would have left after the time up to which others wait for it. */
export class SentTooLateError extends Error {
  override readonly name = 'SentTooLateError';
}

/** The time in which an attempt may send what it has recorded. Open it before recording, never after. */
export interface SendWindow {
  /** To be called immediately before the first byte leaves. Throws `SentTooLateError` when the time is over. */
  readonly letGo: () => void;
  /** Whether the request was let go, so that TikTok may have done what it asks. */
  readonly gone: () => boolean;
}

/**
 * An attempt can be frozen for minutes between its record and its request (a stopped process, a suspended machine) and
 * go on as if nothing had happened, when another attempt has long taken its place. So it looks at the clock last of
 * all. Both clocks count, as one stands still while a machine sleeps and the other can be set back. The window begins
 * before the database's own, which others go by, so that it never ends later.
 */
export function openSendWindow(
  clocks: { monotonic: () => number; wall: () => number } = {
    monotonic: () => performance.now(),
    wall: () => Date.now(),
  },
): SendWindow {
  const monotonic = clocks.monotonic();
  const wall = clocks.wall();
  let gone = false;
  return {
    letGo() {
      if (clocks.monotonic() - monotonic >= SEND_WITHIN_MS || clocks.wall() - wall >= SEND_WITHIN_MS) {
        throw new SentTooLateError('the request was held up for so long that it must not leave any more');
      }
      gone = true;
    },
    gone: () => gone,
  };
}
