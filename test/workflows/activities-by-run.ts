import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll } from 'vitest';
import type { Activities } from '../../src/activities/create-activities.js';
import type { ActivateAudienceInput } from '../../src/workflows/messages.js';
import type { WorkerServer } from '../support/temporal.js';
import { newActivationId, startRun, withWorkers } from './workflow-worker.js';

/** Lets several stories be told at one time by the same workers: each run is served by the activities of its story. */
class ActivitiesByRun {
  readonly #byRun = new Map<string, Activities>();

  /** @param activationId of a run that is not started yet; the run that it leaves behind is served as well */
  serve(activationId: string, activities: Activities): void {
    this.#byRun.set(activationId, activities);
    this.#byRun.set(`${activationId}-extras`, activities);
  }

  /** What the workers are made with. */
  readonly activities: Activities = {
    recordPhase: (input) => this.#ofRun().recordPhase(input),
    recheckConnection: (input) => this.#ofRun().recheckConnection(input),
    awaitReconnect: (input) => this.#ofRun().awaitReconnect(input),
    closeLedger: (input) => this.#ofRun().closeLedger(input),
    endActivation: (input) => this.#ofRun().endActivation(input),
    inspectUpload: (input) => this.#ofRun().inspectUpload(input),
    splitUpload: (input) => this.#ofRun().splitUpload(input),
    preparePart: (input) => this.#ofRun().preparePart(input),
    checkDestination: (input) => this.#ofRun().checkDestination(input),
    uploadPart: (input) => this.#ofRun().uploadPart(input),
    publishAudience: (input) => this.#ofRun().publishAudience(input),
    pollAudience: (input) => this.#ofRun().pollAudience(input),
    awaitTurn: (input) => this.#ofRun().awaitTurn(input),
    sweepExtras: (input) => this.#ofRun().sweepExtras(input),
  };

  #ofRun(): Activities {
    const { workflowId = 'no workflow' } = Context.current().info.workflowExecution ?? {};
    const activities = this.#byRun.get(workflowId);
    if (activities === undefined) throw new Error(`${workflowId} is told by nobody`);
    return activities;
  }
}

/** Starts a run that the workers serve with these activities. */
export type BeginRun = (
  activities: Activities,
  input?: Partial<ActivateAudienceInput>,
) => ReturnType<typeof startRun>;

/**
 * Workers for all runs of a file, or of the `describe` in which it is called: they take longer to start than most runs
 * last. What the runs did is replayed at the end, as `withWorkers` says.
 */
export function serveByRun(server: WorkerServer, client: Client): BeginRun {
  const byRun = new ActivitiesByRun();
  let end = () => {};
  let working: Promise<void>;
  beforeAll(() => {
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    working = withWorkers(server, byRun.activities, () => over);
  });
  afterAll(async () => {
    end();
    await working;
  });
  return (activities, input) => {
    const activationId = newActivationId();
    byRun.serve(activationId, activities);
    return startRun(client, { ...input, activationId });
  };
}
