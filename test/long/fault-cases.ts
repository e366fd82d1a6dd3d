/** A call that a run makes, and how the sandbox is told to fail it. */
export interface CallOfRun {
  readonly name: 'check' | 'upload' | 'create' | 'rename' | 'append' | 'look';
  readonly endpoint: string;
  /** Calls of the run to the same endpoint that come before it. */
  readonly after: number;
  readonly action: 'create' | 'append';
  /** Whether the audience exists when the call is made. */
  readonly published: boolean;
}

export const CALLS_OF_RUNS: readonly CallOfRun[] = [
  { name: 'check', endpoint: 'dmp/custom_audience/list/', after: 0, action: 'create', published: false },
  {
    name: 'upload',
    endpoint: 'dmp/custom_audience/file/upload/',
    after: 1,
    action: 'create',
    published: false,
  },
  { name: 'create', endpoint: 'dmp/custom_audience/create/', after: 0, action: 'create', published: false },
  { name: 'rename', endpoint: 'dmp/custom_audience/update/', after: 0, action: 'create', published: true },
  { name: 'append', endpoint: 'dmp/custom_audience/update/', after: 0, action: 'append', published: false },
  { name: 'look', endpoint: 'dmp/custom_audience/get/', after: 0, action: 'create', published: true },
];

export interface NamedFault {
  readonly name: string;
  readonly fault: (call: CallOfRun['name']) => Readonly<Record<string, unknown>>;
  /** What becomes of the run: always the same, or by the call. */
  readonly outcome: Outcome | ((call: CallOfRun['name']) => Outcome);
}

export type Outcome = 'completed' | 'person' | 'failed';

export interface FaultCase {
  readonly call: CallOfRun;
  readonly fault: NamedFault;
}

export function outcomeOf({ call, fault }: FaultCase): Outcome {
  return typeof fault.outcome === 'function' ? fault.outcome(call.name) : fault.outcome;
}

const code =
  (value: number, message = 'Injected by the sandbox.', times = 1) =>
  () => ({ kind: 'code', code: value, message, times });

/** A refusal of the new name is left to the next look, which comes in any case. */
const exceptRename = (call: CallOfRun['name']): Outcome => (call === 'rename' ? 'completed' : 'failed');

/** At least one of each class and of each way of repeating, and what is no answer of TikTok. */
export const FAULTS: readonly NamedFault[] = [
  { name: '40105 token revoked', fault: code(40105), outcome: 'person' },
  { name: '40106 advertiser lost', fault: code(40106), outcome: 'person' },
  { name: '40003 forbidden', fault: code(40003), outcome: 'person' },
  {
    name: '40001 not granted',
    fault: code(40001, 'advertiser does not grant you /x/:POST permission'),
    outcome: 'person',
  },
  {
    name: '40000 other app',
    fault: code(40000, "The app_id is inconsistent with the token's app information."),
    outcome: 'person',
  },
  {
    name: '40001 deleted',
    fault: code(40001, 'The advertiser does not exist or has been deleted.'),
    outcome: exceptRename,
  },
  { name: '40100 limit of the app', fault: code(40100, 'Too many requests.', 2), outcome: 'completed' },
  { name: '40133 throttle of the advertiser', fault: code(40133, 'Restricted.', 2), outcome: 'completed' },
  { name: '50000 system error', fault: code(50000, 'System error.', 2), outcome: 'completed' },
  { name: '53102 serialization', fault: code(53102), outcome: 'completed' },
  { name: '60001 maintenance', fault: code(60001), outcome: 'completed' },
  { name: '40050 duplicated', fault: code(40050), outcome: 'completed' },
  { name: '40700 check inside, once', fault: code(40700), outcome: 'completed' },
  {
    name: '40700 check inside, again',
    // Two parts are uploaded side by side: one of them meets it twice.
    fault: (call) => code(40700, 'No.', call === 'upload' ? 3 : 2)(),
    outcome: exceptRename,
  },
  { name: '40900 signature', fault: code(40900), outcome: 'completed' },
  {
    name: '40910 file expired',
    fault: code(40910),
    outcome: (call) => (call === 'create' || call === 'append' || call === 'rename' ? 'completed' : 'failed'),
  },
  { name: '40906 file empty', fault: code(40906), outcome: exceptRename },
  { name: '40002 parameter', fault: code(40002, 'The value is wrong.'), outcome: exceptRename },
  {
    name: '40002 not editable',
    fault: code(40002, 'Audience is not editable, please check audience status'),
    outcome: 'completed',
  },
  { name: 'HTTP 502', fault: () => ({ kind: 'http', status: 502, times: 2 }), outcome: 'completed' },
  { name: 'HTTP 429', fault: () => ({ kind: 'http', status: 429 }), outcome: 'completed' },
  { name: 'reset before', fault: () => ({ kind: 'reset-before', times: 2 }), outcome: 'completed' },
  { name: 'reset after', fault: () => ({ kind: 'reset-after', times: 1 }), outcome: 'completed' },
];
