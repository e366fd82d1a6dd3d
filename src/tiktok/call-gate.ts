/** A call that is about to be made. */
export interface PlannedCall {
  /** Path below the base address, as `dmp/custom_audience/create/`: TikTok's limits hold for each. */
  readonly endpoint: string;
  /** Null for a call that is for no single advertiser. */
  readonly advertiserId: string | null;
}

/** The call may not be made before `until`. */
export interface LimitWait {
  readonly until: Date;
  /** From now to `until`, in milliseconds: the clock of `until` may be another than this process's. */
  readonly waitMs: number;
}

/** Whose limit was reached. */
export type LimitedBy = 'app' | 'advertiser';

/** The limit that TikTok's words name; null when they name none. */
export type NamedLimit = 'second' | 'minute' | 'day' | null;

/** The right to make one call now. One of the two is told what came of it, unless no answer came. */
export interface Admission {
  readonly admitted: true;
  /** TikTok took the call, whatever else it said of it. Never throws: the call has had its effect. */
  passed(): Promise<void>;
  /** TikTok refused the call for a limit. Says when to try again. */
  limited(by: LimitedBy, named: NamedLimit): Promise<LimitWait>;
}

/** Stands before every call of an app, and keeps the app below TikTok's limits. */
export interface CallGate {
  /**
   * Waits for the call's turn, or says how long that would take when it is longer than the gate waits. Throws the
   * signal's reason.
   */
  admit(
    call: PlannedCall,
    signal: AbortSignal | undefined,
  ): Promise<Admission | ({ readonly admitted: false } & LimitWait)>;
}

const WITHOUT_LIMITER_MS = 1_000;

/** For a client that is alone with its app and makes few calls. */
export const OPEN_GATE: CallGate = {
  admit: async () => ({
    admitted: true,
    passed: async () => undefined,
    limited: async () => ({ until: new Date(Date.now() + WITHOUT_LIMITER_MS), waitMs: WITHOUT_LIMITER_MS }),
  }),
};

/** The limit that a refusal names: "App reaches the QPS limit 20". Most name none. */
export function limitNamedIn(words: string): NamedLimit {
  if (/\bQPS\b/i.test(words)) return 'second';
  if (/\bQPM\b/i.test(words)) return 'minute';
  return /\bQPD\b/i.test(words) ? 'day' : null;
}
