import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionStatusName,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Attention } from '../activation/attention.js';
import { PHASES, type Phase } from '../activation/phases.js';
import type { ActivateAudienceInput, AnsweredQuestion } from '../workflows/messages.js';
import { approve, pause, progress, reconnected, reject, resume } from '../workflows/messages.js';
import { requireNamespace } from './namespace.js';
import { activationPhase, advertiserId, connectionId } from './search-attributes.js';
import { TASK_QUEUES } from './task-queues.js';

/** How long a call to Temporal may take before the caller is told that it is out of reach. */
const CALL_DEADLINE_MS = 10_000;

const SIGNALS = { reconnected, pause, resume, approve, reject };

export type RunSignal = keyof typeof SIGNALS;

/** What became of a message to a run. */
export type Delivery = 'delivered' | 'not_running';

/** How a run stands in Temporal: the latest one under the activation's id, also after a reset. */
export type RunStanding =
  | { readonly kind: 'open'; readonly runId: string; readonly phase: Phase }
  | {
      readonly kind: 'over';
      readonly runId: string;
      readonly as: 'completed' | 'failed' | 'canceled' | 'terminated' | 'timed_out';
    }
  /** Temporal has no such run: it never came there, or was deleted or forgotten. */
  | { readonly kind: 'unknown' };

/** The runs of activations in Temporal. The only user of Temporal's client. */
export interface ActivationRuns {
  /**
   * Starts the run of an activation. Safe to repeat: a run that exists already, open or closed, is left as it is.
   *
   * @param title one line for Temporal's Web UI; names no person.
   */
  start(input: ActivateAudienceInput, title: string): Promise<void>;
  /** @param question that an answer is meant for */
  signal(activationId: string, signal: RunSignal, question?: string): Promise<Delivery>;
  look(activationId: string): Promise<RunStanding>;
  /** Where an open run stands and what it asks a person, by its own word: a worker has to be there. */
  shownBy(activationId: string): Promise<{ readonly phase: Phase; readonly attention: Attention | null }>;
  /** Asks the run to stop at its next boundary. */
  cancel(activationId: string): Promise<Delivery>;
  /** Throws when Temporal cannot be reached, and `NamespaceMissingError` when it has no place for runs. */
  check(): Promise<void>;
}

export function createActivationRuns(client: Client): ActivationRuns {
  const withDeadline = <T>(call: () => Promise<T>) =>
    client.connection.withDeadline(Date.now() + CALL_DEADLINE_MS, call);

  return {
    async start(input, title) {
      try {
        await withDeadline(() =>
          client.workflow.start('ActivateAudience', {
            taskQueue: TASK_QUEUES.core,
            workflowId: input.activationId,
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
            workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
            args: [{ ...input, title }],
            staticSummary: title,
            staticDetails: detailsOf(input),
            typedSearchAttributes: [
              { key: activationPhase, value: 'queued' },
              { key: connectionId, value: input.connectionId },
              { key: advertiserId, value: input.advertiserId },
            ],
          }),
        );
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return;
        throw error;
      }
    },

    async signal(activationId, signal, question) {
      const run = client.workflow.getHandle(activationId);
      const answered: AnsweredQuestion | null = question === undefined ? null : { question };
      // By its name: the definition would have the argument encoded already.
      const tell = () => run.signal(SIGNALS[signal].name, ...(answered === null ? [] : [answered]));
      return delivered(() => withDeadline(tell));
    },

    async look(activationId) {
      try {
        const { status, runId, typedSearchAttributes } = await withDeadline(() =>
          client.workflow.getHandle(activationId).describe(),
        );
        const as = OVER[status.name];
        if (as !== undefined) return { kind: 'over', runId, as };
        const shown = typedSearchAttributes.get(activationPhase);
        return { kind: 'open', runId, phase: PHASES.find((phase) => phase === shown) ?? 'queued' };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { kind: 'unknown' };
        throw error;
      }
    },

    async shownBy(activationId) {
      const query = () => client.workflow.getHandle(activationId).query(progress);
      const { phase, asks } = await withDeadline(query);
      return { phase, attention: asks ?? null };
    },

    async cancel(activationId) {
      return delivered(async () => {
        await withDeadline(() => client.workflow.getHandle(activationId).cancel());
      });
    },

    async check() {
      await withDeadline(() => requireNamespace(client.connection.workflowService, client.options.namespace));
    },
  };
}

/** What the run is about, in Markdown: the fixed half of its page in Temporal's Web UI. */
function detailsOf(input: ActivateAudienceInput): string {
  const { advertiserId: advertiser, connectionId: connection, dryRun } = input;
  const forWhom = `for the advertiser ${advertiser}, by the connection ${connection}`;
  return [
    dryRun
      ? `Prepares a customer file ${forWhom}, as if to deliver it to TikTok. Nothing is sent: it is a dry run.`
      : `Delivers a customer file to TikTok ${forWhom}.`,
    '',
    `The report, the rejected rows and ${dryRun ? 'the files that would be uploaded' : 'the size of the audience'} are [in the console](${input.consoleUrl}).`,
    '',
    'Beside this stands what happens now and what to do. Each line of the timeline names its part of the file.',
  ].join('\n');
}

/** All other states (running, paused, continued as new) are open ones. */
const OVER: Readonly<
  Partial<
    Record<WorkflowExecutionStatusName, 'completed' | 'failed' | 'canceled' | 'terminated' | 'timed_out'>
  >
> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
};

async function delivered(send: () => Promise<void>): Promise<Delivery> {
  try {
    await send();
    return 'delivered';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'not_running';
    throw error;
  }
}
