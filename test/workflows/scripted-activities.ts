import type { Activities } from '../../src/activities/create-activities.js';

/** What a run asked of its activities, in order: the name and what tells one call from another. */
export interface Call {
  readonly activity: keyof Activities;
  readonly part?: number;
  readonly phase?: string;
  readonly outcome?: string;
  readonly failure?: string;
}

/** Activities that do nothing but succeed and remember; a test replaces those that its story is about. */
export function scriptedActivities(options: { parts: number } & Partial<Activities>): {
  activities: Activities;
  calls: Call[];
} {
  const calls: Call[] = [];
  const { parts, ...replaced } = options;
  const scripted: Activities = {
    recordPhase: async () => undefined,
    recheckConnection: async () => false,
    awaitReconnect: async () => {
      throw new Error('nobody has signed in again yet');
    },
    closeLedger: async () => ({ people: null, overLimit: null }),
    endActivation: async ({ failure }) => ({
      dryRun: false,
      files: null,
      audience: null,
      attention: null,
      failure,
    }),
    inspectUpload: async () => undefined,
    splitUpload: async () => ({ rows: parts * 10, parts }),
    preparePart: async () => ({ rowsSent: 9, rowsRejected: 1 }),
    checkDestination: async () => ({ calculateType: null, matched: null }),
    uploadPart: async () => undefined,
    publishAudience: async () => ({ next: 'done', doubted: false }),
    awaitTurn: async () => undefined,
    sweepExtras: async () => 0,
    pollAudience: async () => ({ settled: true }),
    ...replaced,
  };
  const remember =
    <Input extends object, Output>(activity: keyof Activities, run: (input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> => {
      calls.push({ activity, ...telling(input) });
      return run(input);
    };
  return {
    calls,
    activities: {
      recordPhase: remember('recordPhase', scripted.recordPhase),
      recheckConnection: remember('recheckConnection', scripted.recheckConnection),
      awaitReconnect: remember('awaitReconnect', scripted.awaitReconnect),
      closeLedger: remember('closeLedger', scripted.closeLedger),
      endActivation: remember('endActivation', scripted.endActivation),
      inspectUpload: remember('inspectUpload', scripted.inspectUpload),
      splitUpload: remember('splitUpload', scripted.splitUpload),
      preparePart: remember('preparePart', scripted.preparePart),
      checkDestination: remember('checkDestination', scripted.checkDestination),
      uploadPart: remember('uploadPart', scripted.uploadPart),
      publishAudience: remember('publishAudience', scripted.publishAudience),
      pollAudience: remember('pollAudience', scripted.pollAudience),
      awaitTurn: remember('awaitTurn', scripted.awaitTurn),
      sweepExtras: remember('sweepExtras', scripted.sweepExtras),
    },
  };
}

function telling(input: object): Omit<Call, 'activity'> {
  return {
    ...('part' in input && typeof input.part === 'number' ? { part: input.part } : {}),
    ...('phase' in input && typeof input.phase === 'string' ? { phase: input.phase } : {}),
    ...('outcome' in input && typeof input.outcome === 'string' ? { outcome: input.outcome } : {}),
    ...('failure' in input && isFailure(input.failure) ? { failure: input.failure.code } : {}),
  };
}

function isFailure(value: unknown): value is { code: string } {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

/** The phases that were recorded, in order. */
export function recordedPhases(calls: readonly Call[]): string[] {
  return calls.flatMap((call) =>
    call.activity === 'recordPhase' && call.phase !== undefined ? [call.phase] : [],
  );
}

/** The parts that an activity was asked for, sorted; one asked for twice stands twice. */
export function partsOf(calls: readonly Call[], activity: keyof Activities): number[] {
  return calls
    .flatMap((call) => (call.activity === activity && call.part !== undefined ? [call.part] : []))
    .sort((a, b) => a - b);
}
