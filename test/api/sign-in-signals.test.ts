import { afterEach, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import type { Delivery, RunSignal } from '../../src/temporal/activation-runs.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { connectionCalls } from './support/connection-calls.js';
import { RecordingRuns } from './support/recording-runs.js';
import { type RunningApi, runApiWith } from './support/running-api.js';

/** A Temporal that leaves callers waiting until the test lets them go. */
class SlowRuns extends RecordingRuns {
  readonly #waiting: (() => void)[] = [];
  #free = false;

  get waiting(): number {
    return this.#waiting.length;
  }

  override async signal(activationId: string, message: RunSignal): Promise<Delivery> {
    if (!this.#free) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return super.signal(activationId, message);
  }

  letGo({ andAllLater }: { andAllLater: boolean }): void {
    this.#free = andAllLater;
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

const RUNS = 20;
const AT_ONCE = 8;

let stop: () => Promise<void> = async () => undefined;
afterEach(() => stop());

/** An API in which somebody has signed in again while many runs are open and Temporal answers to nothing. */
async function signedIn(): Promise<{ api: RunningApi<SlowRuns>; ids: string[]; page: string }> {
  const api = await runApiWith(new SlowRuns());
  stop = async () => {
    api.runs.letGo({ andAllLater: true });
    await api.stop();
  };
  const request = await readyToActivate(api);
  const ids: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    ids.push(activation.parse((await api.post('/v1/activations', request)).body).id);
  }
  const { signInAgain } = connectionCalls(() => api);
  const { text } = await api.signIn(await signInAgain(request.connectionId));
  return { api, ids, page: text };
}

it('the page after a sign-in waits for no run; all of them are told, some at a time', async () => {
  const { api, ids, page } = await signedIn();
  expect(page).toContain('TikTok is connected');
  expect(api.runs.told).toEqual([]);
  await expect.poll(() => api.runs.waiting).toBe(AT_ONCE);

  // Temporal is out of reach for those that were asked, and back for the others.
  api.runs.reachable = false;
  api.runs.letGo({ andAllLater: false });
  await expect.poll(() => api.runs.waiting).toBe(AT_ONCE);
  api.runs.reachable = true;
  api.runs.letGo({ andAllLater: true });
  await expect.poll(() => api.runs.told.length).toBe(RUNS - AT_ONCE);
  const told = new Set(api.runs.told.map(({ activationId }) => activationId));
  const missed = ids.filter((id) => !told.has(id));
  const warnings = api.log.filter((line) => line.includes('could not be told of the reconnection'));
  expect(missed.map((id) => warnings.filter((line) => line.includes(id)).length)).toEqual(
    missed.map(() => 1),
  );
});

it('an API that stops waits for what it has begun to tell, and begins nothing more', async () => {
  const { api } = await signedIn();
  await expect.poll(() => api.runs.waiting).toBe(AT_ONCE);
  let stopped = false;
  const stopping = api.stop().then(() => {
    stopped = true;
  });
  stop = async () => stopping;
  // The API takes no more requests, so it is stopping.
  await expect
    .poll(() =>
      api.get('/healthz').then(
        () => 'answers',
        () => 'is gone',
      ),
    )
    .toBe('is gone');
  expect(stopped).toBe(false);
  api.runs.letGo({ andAllLater: true });
  await stopping;
  expect(api.runs.told).toHaveLength(AT_ONCE);
});
