/** What a person must do, or should know, about a run. */
export interface Attention {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly url: string | null;
}

/** Why a run failed, in words for the person who started it. */
export interface RunFailure extends Partial<FailureRemedy> {
  readonly code: string;
  readonly detail: string;
}

/** What is to be done about a refusal of TikTok. The first detail of a failure that carries it. */
export interface FailureRemedy {
  readonly help: string;
  /** TikTok's id of the call, for its support. */
  readonly requestId: string | null;
}

/** `type` of the failure by which an activity tells the workflow that a person must sign in at TikTok again. */
export const RECONNECT_REQUIRED = 'reconnect_required';

/** The first detail of a `reconnect_required` failure. */
export interface ReconnectRequired {
  /** Of the authorization that failed. */
  readonly version: number;
  readonly attention: Omit<Attention, 'url'>;
}

/** `type` of the failure by which an activity tells the workflow that the run must be planned anew. */
export const PLAN_OUTDATED = 'plan_outdated';

/** Codes of what whoever runs the servers can mend, without a new authorization. */
export const MENDED_BY_SETTINGS: ReadonlySet<string> = new Set(['token_unreadable', 'environment_missing']);
