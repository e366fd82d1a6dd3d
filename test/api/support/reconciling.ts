import type { Client } from '@temporalio/client';
import { afterAll } from 'vitest';
import { createReconciler, type Reconciler } from '../../../src/api/activations/reconciler.js';
import { createRunStarter, type RunStarter } from '../../../src/api/activations/run-starter.js';
import { type Activation, activation } from '../../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../../src/api/schemas/activation-request.js';
import { acceptActivations } from '../../../src/database/accept-activations.js';
import { findActivation } from '../../../src/database/activations.js';
import { newId } from '../../../src/database/ids.js';
import { openSessionLocks } from '../../../src/database/session-locks.js';
import { openStore } from '../../../src/storage/open-store.js';
import { type ActivationRuns, createActivationRuns } from '../../../src/temporal/activation-runs.js';
import { connectTestClient, type TestTemporal } from '../../support/temporal.js';
import { readyToActivate } from './activation-fixtures.js';
import { until } from './api-caller.js';
import { capturingLogger, type RunningApi, runApiWith } from './running-api.js';

/** An API whose runs are in a real Temporal, and what its processes do beside requests. */
export interface Reconciling {
  readonly api: RunningApi<ActivationRuns>;
  readonly client: Client;
  readonly request: ActivationRequest;
  readonly reconciler: Reconciler;
  reconcilerOn(runs: ActivationRuns, stopping?: AbortSignal): Promise<Reconciler>;
  starterOn(runs: ActivationRuns): RunStarter;
  start(): Promise<Activation>;
  /** What a process leaves that dies before it starts what it has accepted. */
  acceptOnly(): Promise<string>;
  now(id: string): Promise<Activation>;
  historyHas(
    id: string,
    attributes: 'activityTaskScheduledEventAttributes' | 'workflowExecutionCancelRequestedEventAttributes',
  ): Promise<boolean>;
}

/** Beyond the time that a new run is given. */
export const soon = () => new Date(Date.now() + 60_000);

/** Stops the API after the last test of the file. Call it at the top of a file. */
export async function startReconciling(temporal: TestTemporal): Promise<Reconciling> {
  const client = await connectTestClient(temporal);
  const api = await runApiWith(createActivationRuns(client));
  const locks = openSessionLocks(api.databaseUrl, () => undefined);
  afterAll(async () => {
    await locks.close();
    await api.stop();
  });
  // Runs are compared with Temporal when the tests say so: the API's own work in the background would come in between.
  await until(async () => (await locks.tryLock('reconcile')) !== null);
  const request = await readyToActivate(api);
  const { logger } = capturingLogger();
  const running = new AbortController().signal;

  const reconcilerOn = async (runs: ActivationRuns, stopping = running) =>
    createReconciler({ db: api.db, store: await openStore(api.settings.storageUrl), runs, logger, stopping });
  const start = async () => activation.parse((await api.post('/v1/activations', request)).body);

  return {
    api,
    client,
    request,
    reconciler: await reconcilerOn(api.runs),
    reconcilerOn,
    starterOn: (runs) =>
      createRunStarter({ db: api.db, runs, publicUrl: api.url, logger, stopping: running }),
    start,
    async acceptOnly() {
      const stored = await findActivation(api.db, (await start()).id);
      const id = newId('act');
      await acceptActivations(api.db, [{ ...request, id, request: stored?.request ?? {} }], null);
      return id;
    },
    now: async (id) => activation.parse((await api.get(`/v1/activations/${id}`)).body),
    async historyHas(id, attributes) {
      const { events } = await client.workflow.getHandle(id).fetchHistory();
      return events?.some((event) => event[attributes] != null) ?? false;
    },
  };
}
