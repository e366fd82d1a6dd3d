import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';

type HistoryEvent = NonNullable<History['events']>[number];

/** What a run asked for or was told, in words that are the same each time the story is told. */
export interface ToldStep {
  readonly words: string;
  /** Which part of the file it is about; null when it is about none. */
  readonly part: number | null;
}

/** What of an activity's input is told: the rest is ids, counts and times. */
const TELLING = ['phase', 'outcome', 'ask', 'lookOnly', 'repeats', 'goAhead'];

/** Events that say what became of something, or that a worker had a turn: nobody's decision. */
const NO_DECISION: readonly (keyof HistoryEvent)[] = [
  'workflowExecutionStartedEventAttributes',
  'workflowTaskScheduledEventAttributes',
  'workflowTaskStartedEventAttributes',
  'workflowTaskCompletedEventAttributes',
  'workflowTaskFailedEventAttributes',
  'workflowTaskTimedOutEventAttributes',
  'activityTaskStartedEventAttributes',
  'activityTaskCompletedEventAttributes',
  'activityTaskFailedEventAttributes',
  'activityTaskTimedOutEventAttributes',
  'activityTaskCanceledEventAttributes',
  'childWorkflowExecutionStartedEventAttributes',
  'childWorkflowExecutionCompletedEventAttributes',
];

/** The input of a run. */
export function inputOf(history: History): unknown {
  return firstOf(history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads);
}

/** All steps of a run, in order. Throws when there is one that it has no words for. */
export function toldSteps(history: History): ToldStep[] {
  const personMs = Number(field(inputOf(history), 'reconnectWithinMs'));
  const begun = new Map<string, ToldStep>();
  const what = (eventId: unknown) => begun.get(String(eventId)) ?? { words: 'something unknown', part: null };

  const begins = (event: HistoryEvent): ToldStep | null => {
    const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
    if (activity != null) return activityStep(activity.activityType?.name, firstOf(activity.input?.payloads));
    return timer == null ? null : words(timerName(timer.startToFireTimeout, personMs));
  };

  return (history.events ?? []).flatMap((event) => {
    const step = begins(event);
    if (step !== null) {
      begun.set(String(event.eventId), step);
      return [step];
    }
    const { activityTaskCancelRequestedEventAttributes: stopped } = event;
    const { timerFiredEventAttributes: fired, timerCanceledEventAttributes: dropped } = event;
    const { upsertWorkflowSearchAttributesEventAttributes: upsert } = event;
    if (stopped != null) {
      const { words: asked, part } = what(stopped.scheduledEventId);
      return [{ words: `cancel ${asked}`, part }];
    }
    if (fired != null) return [words(`${what(fired.startedEventId).words} over`)];
    if (dropped != null) return [words(`cancel ${what(dropped.startedEventId).words}`)];
    if (upsert != null)
      return Object.entries(upsert.searchAttributes?.indexedFields ?? {}).flatMap(attribute);
    const other = signalStep(event) ?? endStep(event) ?? markOrChild(event);
    if (other !== null) return [words(other)];
    if (NO_DECISION.some((kind) => event[kind] != null)) return [];
    throw new Error(`event ${event.eventId} is of a kind that there are no words for`);
  });
}

export const CONTINUED = 'continued as new';

function activityStep(name: string | null | undefined, input: unknown): ToldStep {
  const telling = TELLING.flatMap((key) => {
    const value = field(input, key);
    return value === undefined ? [] : [`${key}=${value}`];
  });
  const part = field(input, 'part');
  return { words: [name, ...telling].join(' '), part: typeof part === 'number' ? part : null };
}

function attribute([key, payload]: [string, Payload]): ToldStep[] {
  // The SDK adds this one to each patch, which is told already.
  return key === 'TemporalChangeVersion' ? [] : [words(`${key}=${decoded(payload)}`)];
}

function signalStep(event: HistoryEvent): string | null {
  const { workflowExecutionSignaledEventAttributes: signal } = event;
  if (signal != null) return `told ${signal.signalName}`;
  return event.workflowExecutionCancelRequestedEventAttributes == null ? null : 'told to cancel';
}

function endStep(event: HistoryEvent): string | null {
  const { workflowExecutionFailedEventAttributes: failed } = event;
  if (failed != null) return `failed: ${failed.failure?.applicationFailureInfo?.type ?? 'by an activity'}`;
  if (event.workflowExecutionCompletedEventAttributes != null) return 'completed';
  if (event.workflowExecutionCanceledEventAttributes != null) return 'canceled';
  return event.workflowExecutionContinuedAsNewEventAttributes == null ? null : CONTINUED;
}

function markOrChild(event: HistoryEvent): string | null {
  const {
    markerRecordedEventAttributes: marker,
    startChildWorkflowExecutionInitiatedEventAttributes: child,
  } = event;
  if (child != null) return `child ${child.workflowType?.name}`;
  if (marker == null) return null;
  const patch = field(firstOf(marker.details?.['patch-data']?.payloads), 'id');
  return marker.markerName === 'core_patch' ? `patch ${patch}` : `marker ${marker.markerName}`;
}

/** The time for a person is counted from when it was asked for, so that what is left of it is never the same. */
function timerName(
  duration: { seconds?: unknown; nanos?: number | null } | null | undefined,
  personMs: number,
): string {
  const ms = Number(duration?.seconds ?? 0) * 1_000 + (duration?.nanos ?? 0) / 1_000_000;
  const left = ms <= personMs && ms > personMs - 60_000;
  return left ? 'timer for a person' : `timer of ${ms / 1_000} s`;
}

function words(text: string): ToldStep {
  return { words: text, part: null };
}

/** What a value that came as JSON holds under a name. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function firstOf(payloads: Payload[] | null | undefined): unknown {
  const first = payloads?.[0];
  return first === undefined ? undefined : decoded(first);
}

function decoded(payload: Payload): unknown {
  return defaultPayloadConverter.fromPayload(payload);
}
