import { Context } from '@temporalio/activity';
import { afterAll, beforeAll } from 'vitest';
import type { Activities } from '../../src/activities/create-activities.js';
import type { WorkerServer } from '../support/temporal.js';
import { withWorkers } from './workflow-worker.js';

/** Lets several stories be told at one time by the same workers: each run is served by the activities of its story. */
export class ActivitiesByRun {
  readonly #byRun = new Map<string, Activities>();

  /** @param workflowId of a run that is not started yet */
  serve(workflowId: string, activities: Activities): void {
    this.#byRun.set(workflowId, activities);
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

/** Workers for all runs of a `describe`, in which it is to be called. What the runs did is replayed at the end. */
export function serveByRun(server: WorkerServer): ActivitiesByRun {
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
  return byRun;
}
