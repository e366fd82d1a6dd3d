import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { customers, type SandboxAudience, startTestStack, type TestStack } from '../service/test-stack.js';
import { CALLS_OF_RUNS, FAULTS, type FaultCase, type Outcome, outcomeOf } from './fault-cases.js';
import { printTable } from './print-table.js';

const ROWS = 60;
const ADVERTISERS = ['7000000000000000001', '7000000000000000002'];

let product: TestStack;
let uploadId: string;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '1500' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0, processingSeconds: 1 });
  uploadId = await product.upload(customers(ROWS));
});
afterAll(() => product?.stop());

const cases: readonly FaultCase[] = CALLS_OF_RUNS.flatMap((call) => FAULTS.map((fault) => ({ call, fault })));

describe('every kind of failure at every call of a run', () => {
  it('is retried, waited for, left to a person or ends the run as it should', async () => {
    const waiting = [...cases];
    const seen: { one: FaultCase; found: Outcome; wrong: string[] }[] = [];
    // Each advertiser has its own faults, so that stories of two go on side by side.
    await Promise.all(
      ADVERTISERS.map(async (advertiserId) => {
        const connectionId = await product.connect(undefined, advertiserId);
        const lane = {
          advertiserId,
          connectionId,
          audienceId: await readyAudience(advertiserId, connectionId),
        };
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          const result = await meet(one, lane);
          seen.push({ one, ...result });
          process.stdout.write(
            `${seen.length}/${cases.length} ${one.fault.name} at ${one.call.name}: ${result.found} ${result.wrong.join('; ')}\n`,
          );
        }
      }),
    );
    printTable(
      ['failure', ...CALLS_OF_RUNS.map(({ name }) => name)],
      FAULTS.map((fault) => [
        fault.name,
        ...CALLS_OF_RUNS.map((call) => {
          const { found } = seen.find(({ one }) => one.fault === fault && one.call === call) ?? {
            found: '?',
          };
          return found;
        }),
      ]),
    );
    const wrong = seen.flatMap(({ one, found, wrong: also }) => {
      const expected = outcomeOf(one);
      const what = found === expected ? also : [`${found} instead of ${expected}`, ...also];
      return what.map((text) => `${one.fault.name} at ${one.call.name}: ${text}`);
    });
    expect(wrong).toEqual([]);
    expect(seen).toHaveLength(cases.length);
  }, 3_600_000);
});

interface Lane {
  readonly advertiserId: string;
  readonly connectionId: string;
  /** An audience that can be appended to. */
  readonly audienceId: string;
}

async function readyAudience(advertiserId: string, connectionId: string): Promise<string> {
  const { id } = await product.activate({
    uploadId,
    connectionId,
    advertiserId,
    audience: { action: 'create', name: 'To append to' },
  });
  const done = await product.until(id, ({ phase }) => phase === 'completed');
  if (done.audience.id === null) throw new Error('the audience to append to was not made');
  return done.audience.id;
}

async function meet(one: FaultCase, lane: Lane): Promise<{ found: Outcome; wrong: string[] }> {
  const { call, fault } = one;
  const { advertiserId, connectionId, audienceId } = lane;
  await settled(audienceId);
  const before = await audiencesOf(advertiserId);
  await product.admin('POST', 'faults', {
    endpoint: call.endpoint,
    after: call.after,
    advertiserId,
    ...fault.fault(call.name),
  });
  const name = `${fault.name} at ${call.name}`;
  const { id } = await product.activate({
    uploadId,
    connectionId,
    advertiserId,
    audience: call.action === 'create' ? { action: 'create', name } : { action: 'append', audienceId },
  });
  const run = await followed(id, lane);
  const left = (await product.admin<{ advertiserId: string | null }[]>('GET', 'faults')).filter(
    (placed) => placed.advertiserId === advertiserId,
  );
  const made = (await audiencesOf(advertiserId)).filter(
    ({ audience_id }) => !before.some((known) => known.audience_id === audience_id),
  );
  return {
    found: run.found,
    wrong: [...mistakes(call, run.end, made), ...left.map(() => 'the fault was not met')],
  };
}

/** Follows a run to its end, and signs in again when it waits for that. */
async function followed(
  id: string,
  { connectionId, advertiserId }: Lane,
): Promise<{ found: Outcome; end: Activation }> {
  let found: Outcome = 'completed';
  for (;;) {
    const now = await product.until(
      id,
      ({ phase, finishedAt }) => phase === 'waiting_for_reconnect' || finishedAt !== null,
    );
    if (now.phase === 'waiting_for_reconnect') {
      found = 'person';
      await product.connect(connectionId, advertiserId);
      await product.until(id, ({ phase }) => phase !== 'waiting_for_reconnect');
    }
    if (now.finishedAt !== null) return { found: now.phase === 'completed' ? found : 'failed', end: now };
  }
}

function mistakes(call: FaultCase['call'], end: Activation, made: readonly SandboxAudience[]): string[] {
  const { rowsTotal, rowsRead, rowsSent, rowsRejected, rowsExcluded, rowsBlank } = end.progress;
  const completed = end.phase === 'completed';
  const audience = made[0];
  const wanted = call.action === 'create' && (completed || call.published) ? 1 : 0;
  return [
    made.length === wanted ? [] : [`${made.length} audiences instead of ${wanted}`],
    audience === undefined || audience.members === ROWS ? [] : [`${audience.members} members`],
    // Where TikTok refused the name for good, a person is told.
    audience === undefined || !completed || audience.name === end.audience.name || end.attention !== null
      ? []
      : [`named ${audience.name}`],
    audience === undefined || audience.audience_id === end.audience.id ? [] : ['another audience is shown'],
    !completed || (rowsTotal === ROWS && rowsRead === ROWS && rowsSent === ROWS) ? [] : ['rows are missing'],
    rowsSent + rowsRejected + rowsExcluded + rowsBlank === rowsRead ? [] : ['the ledger does not balance'],
    completed || !call.published || end.attention?.code === 'audience_exists'
      ? []
      : ['it does not say that the audience exists'],
    completed || end.failure?.requestId != null ? [] : [`no request id: ${JSON.stringify(end.failure)}`],
    end.waiting === null ? [] : ['it still says that it waits'],
  ].flat();
}

async function audiencesOf(advertiserId: string): Promise<SandboxAudience[]> {
  const all = await product.admin<(SandboxAudience & { advertiser_id: string })[]>('GET', 'audiences');
  return all.filter((audience) => audience.advertiser_id === advertiserId);
}

/** Until TikTok is through with the last change of an audience. */
async function settled(audienceId: string): Promise<void> {
  await expect
    .poll(async () => {
      const all = await product.admin<SandboxAudience[]>('GET', 'audiences');
      return all.find(({ audience_id }) => audience_id === audienceId)?.state;
    })
    .not.toBe('processing');
}
