import { defaultPayloadConverter, RawValue, rawValueTypeInfo } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Attention, ReconnectRequired } from '../activation/attention.js';
import type { Phase } from '../activation/phases.js';

/**
 * Starts a run. Ids and settings only: everything personal or secret is looked up by the activities. Settings that
 * decide what the workflow does travel here and not in the environment, so that a replay decides the same.
 */
export interface ActivateAudienceInput {
  readonly activationId: string;
  /** One line about the run; absent in runs of earlier releases. */
  readonly title?: string;
  readonly connectionId: string;
  readonly advertiserId: string;
  /** What is to be done with the audience; a dry run does everything but TikTok. */
  readonly action: 'create' | 'append' | 'remove' | 'replace';
  readonly dryRun: boolean;
  /** The destination is the sandbox; absent in runs of earlier releases. */
  readonly simulation?: boolean;
  /** Parts that are prepared and uploaded at the same time. */
  readonly lanes: number;
  /** How long the run waits for a person to sign in at TikTok again before it fails. */
  readonly reconnectWithinMs: number;
  /** Where the person finds the run: used in messages to people. */
  readonly consoleUrl: string;
  /** The run continues as a new one, with a fresh history, when its history has this many events. */
  readonly continueAfterEvents: number;
  /** What an earlier run of the chain hands on. */
  readonly carried?: CarriedState;
}

/**
 * The state of a run where nothing is half done. What is optional was not handed on by earlier releases: a run that began
 * under one of them may carry a state without it.
 */
export interface CarriedState {
  readonly phase: Phase;
  readonly paused: boolean;
  readonly parts: number;
  readonly rowsTotal: number;
  /** All parts before this one are prepared and uploaded, but for the unfinished ones. */
  readonly nextPart: number;
  readonly unfinished?: readonly UnfinishedPart[];
  readonly totals: RunTotals;
  /** Matched users of the audience to change; null when a new one is created. */
  readonly matched?: number | null;
  /** Since when the audience is polled, and how often it was; null before that. */
  readonly polling: Polling | null;
  /** How often parts were uploaded again for the publication. */
  readonly repeats?: number;
  readonly approval?: CarriedApproval;
  /** The wait for a person to sign in again, when there is one. */
  readonly reconnect?: CarriedReconnect | null;
  /** The wait for TikTok's limits, when there is one. */
  readonly rateLimit?: CarriedRateLimit | null;
}

/** A part that a lane had begun with when the run had to wait. */
export interface UnfinishedPart {
  readonly part: number;
  /** Null when it is not prepared yet. */
  readonly rowsSent: number | null;
}

/** How far the polling of an audience is. */
export interface Polling {
  readonly sinceMs: number;
  readonly looks: number;
  /** When the next look is due. */
  readonly dueMs?: number;
}

export interface CarriedApproval {
  /** Codes of the questions that were approved and are not to be asked again. */
  readonly approved: readonly string[];
  readonly asked: OpenQuestion | null;
}

/** A question that a person has not answered, or whose answer the run has not yet acted upon. */
export interface OpenQuestion {
  readonly code: string;
  readonly deadlineMs: number;
  readonly answer: boolean | null;
}

export interface CarriedReconnect {
  readonly required: ReconnectRequired;
  readonly deadlineMs: number;
  /** The signal `reconnected` has come and nobody has looked yet. */
  readonly signalled: boolean;
}

export interface CarriedRateLimit {
  readonly dueMs: number;
  /** The same for people: ISO 8601 UTC. */
  readonly until: string;
}

/** For people who read the run in Temporal. The ledger in the database decides. */
export interface RunTotals {
  readonly partsUploaded: number;
  readonly rowsSent: number;
  readonly rowsRejected: number;
}

export interface RunProgress extends RunTotals {
  readonly phase: Phase;
  readonly parts: number;
  readonly rowsTotal: number;
  /** What a person must do, if anything. */
  readonly attention: string | null;
  /** The same as the run has recorded it; absent in runs of earlier releases. */
  readonly asks?: Attention | null;
}

/**
 * Signals need no argument, and one that is sent along reaches the handler as it came: the SDK reads arguments before a
 * handler runs, and one of an encoding that it does not know (the Web UI and the CLI offer some), or broken JSON, would
 * stop the run for ever.
 */
const UNREAD = { typeInfo: { inputTypes: Array.from({ length: 32 }, () => rawValueTypeInfo) } };

/** Somebody signed in at TikTok again. */
export const reconnected = defineSignal<[unknown?]>('reconnected', UNREAD);
export const pause = defineSignal<[unknown?]>('pause', UNREAD);
export const resume = defineSignal<[unknown?]>('resume', UNREAD);
/** The answer of a person whom the run asks (phase `waiting_for_approval`); may name the question: `AnsweredQuestion`. */
export const approve = defineSignal<[unknown?]>('approve', UNREAD);
export const reject = defineSignal<[unknown?]>('reject', UNREAD);

/** What the API sends along, so that an answer which comes twice or late is not taken for one to the next question. */
export interface AnsweredQuestion {
  /** `code` of the attention that the person has read. */
  readonly question: string;
}

/** The question that an answer is meant for; null when it names none, or in a way that cannot be read. */
export function questionOf(sent: unknown): string | null {
  if (!(sent instanceof RawValue)) return null;
  try {
    const value: unknown = defaultPayloadConverter.fromPayload(sent.payload);
    const named = typeof value === 'object' && value !== null && 'question' in value ? value.question : null;
    return typeof named === 'string' ? named : null;
  } catch {
    return null;
  }
}

export const progress = defineQuery<RunProgress>('progress');
