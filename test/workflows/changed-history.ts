import { parseRecorded } from './recorded-history.js';

/** An event as it stands in the file of a recorded history. */
type Event = Readonly<Record<string, unknown>>;

/** A run of a recorded history, before it is read. */
export interface WrittenRun {
  readonly workflowId: string;
  readonly history: { readonly events: readonly Event[] };
}

/** A run that the present workflow can not have made, and in what it is changed. */
export interface ChangedRun {
  readonly change: string;
  readonly run: WrittenRun;
}

/** The runs of a recorded history, as they are written. */
export function writtenRuns(text: string): WrittenRun[] {
  return JSON.parse(text);
}

/** A written run, as it is replayed. */
export function asReplayed(run: WrittenRun) {
  return parseRecorded(JSON.stringify([run]));
}

/**
 * One change for each kind of step that the runs hold: an activity of each type under another name, a child of each type
 * under another name, a timer less, a timer more, a search attribute less.
 */
export function changesOf(runs: readonly WrittenRun[]): ChangedRun[] {
  const changes = new Map<string, ChangedRun>();
  for (const run of runs) {
    for (const [index, event] of run.history.events.entries()) {
      for (const { change, events } of changesAt(run.history.events, index, event)) {
        if (!changes.has(change)) {
          changes.set(change, { change, run: { workflowId: run.workflowId, history: { events: events() } } });
        }
      }
    }
  }
  return [...changes.values()];
}

function changesAt(
  events: readonly Event[],
  index: number,
  event: Event,
): { readonly change: string; readonly events: () => Event[] }[] {
  switch (event['eventType']) {
    case 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED':
      return [
        {
          change: `activity ${nameIn(event, 'activityType')} renamed`,
          events: () => events.with(index, renamed(event, 'activityType')),
        },
        { change: 'timer more', events: () => withMore(events, index, TIMER) },
      ];
    case 'EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED':
      return [
        {
          change: `child ${nameIn(event, 'workflowType')} renamed`,
          events: () => events.with(index, renamed(event, 'workflowType')),
        },
      ];
    case 'EVENT_TYPE_TIMER_STARTED':
      // A replay that finds neither the start of a timer nor its cancellation takes it for one that was begun and dropped
      // at one time, of which there is no event: only for those that fired is the change to be seen. `retold.test.ts`
      // sees it for all.
      return events.some((other) => other['eventType'] === 'EVENT_TYPE_TIMER_FIRED' && refersTo(other, event))
        ? [{ change: 'timer less', events: () => without(events, event) }]
        : [];
    case 'EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES':
      // The one that belongs to the mark of a patch is no step of its own.
      return JSON.stringify(event).includes('TemporalChangeVersion')
        ? []
        : [{ change: 'search attribute less', events: () => without(events, event) }];
    default:
      return [];
  }
}

const TIMER = {
  eventType: 'EVENT_TYPE_TIMER_STARTED',
  timerStartedEventAttributes: { timerId: 'one-more', startToFireTimeout: '1s' },
};

/** A hint that no handler listens to: changes nothing. */
export const UNHEARD_SIGNAL = {
  eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED',
  workflowExecutionSignaledEventAttributes: { signalName: 'nobody-listens' },
};

/** With one event more behind the one at `index`, made at the same time. */
export function withMore(events: readonly Event[], index: number, event: Event): Event[] {
  const before = events[index] ?? {};
  const more = { eventId: 'more', eventTime: before['eventTime'], ...event };
  return numbered(events.toSpliced(index + 1, 0, more));
}

/** Without an event and what became of it. */
export function without(events: readonly Event[], event: Event): Event[] {
  const left = (other: Event) =>
    other === event || (String(other['eventType']).includes('_TIMER_') && refersTo(other, event));
  return numbered(events.filter((other) => !left(other)));
}

function refersTo(event: Event, to: Event): boolean {
  return JSON.stringify(event).includes(`"startedEventId":"${to['eventId']}"`);
}

/** Events are numbered without gaps, and refer to each other by number. */
function numbered(events: readonly Event[]): Event[] {
  const numbers = new Map(events.map(({ eventId }, index) => [eventId, String(index + 1)]));
  return JSON.parse(JSON.stringify(events), (key, value: unknown) =>
    /eventId$/i.test(key) ? (numbers.get(value) ?? value) : value,
  );
}

function renamed(event: Event, kind: string): Event {
  return JSON.parse(JSON.stringify(event), (key, value: unknown) =>
    key === kind ? { name: 'SomethingElse' } : value,
  );
}

function nameIn(event: Event, kind: string): string {
  return new RegExp(`"${kind}":\\{"name":"(\\w+)"`).exec(JSON.stringify(event))?.[1] ?? '';
}
