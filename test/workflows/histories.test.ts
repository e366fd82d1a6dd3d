import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../support/bundle-workflows.js';
import { type RunHistory, replay } from '../support/replay.js';
import { parseRecorded, recordedHistories } from './recorded-history.js';
import { STORIES } from './stories.js';

const texts = await recordedHistories();
const histories = new Map([...texts].map(([name, text]) => [name, parseRecorded(text)]));
const all = [...histories.values()].flat();

describe('recorded histories', () => {
  it('are there for every path, and replay on the present workflows', async () => {
    expect([...histories.keys()].sort()).toEqual(Object.keys(STORIES).sort());
    expect(runsOf('SweepExtraAudiences')).toHaveLength(1);
    for (const chain of ['continued-as-new', 'continued-while-waiting', 'plan-outdated']) {
      expect(histories.get(chain)?.length, chain).toBeGreaterThan(1);
    }
    await replay(all);
  });

  it('show a step more in the workflow as a violation, each of them', async () => {
    const workflowBundle = await bundleWorkflows(new URL('./changed/another-step.ts', import.meta.url));
    const runs = runsOf('ActivateAudience');
    const results = Worker.runReplayHistories({ workflowBundle }, runs);
    let violations = 0;
    for await (const { error } of results) if (error instanceof DeterminismViolationError) violations += 1;
    expect(violations).toBe(runs.length);
    expect(violations).toBeGreaterThanOrEqual(Object.keys(STORIES).length);
  });

  it('show another activity in the place of one as a violation', async () => {
    const other = (texts.get('straight') ?? '').replaceAll(
      '"name":"splitUpload"',
      '"name":"anotherActivity"',
    );
    await expect(replay(parseRecorded(other))).rejects.toThrow('does not replay');
  });

  it('replay with a step more that is patched in', async () => {
    await replay(all, await bundleWorkflows(new URL('./changed/another-step-patched.ts', import.meta.url)));
  });

  it('hold no value or hash of a person, no token and no place of the machine they were made on', () => {
    const found = [...texts].flatMap(([name, text]) =>
      privateIn(readable(text)).map((what) => `${name}: ${what}`),
    );
    expect(found).toEqual([]);
    const planted = [
      'somebody@example.com',
      '+12025550142',
      'ab'.repeat(32),
      '/home/anna/project',
      '"access_token"',
    ];
    for (const value of planted) {
      const data = Buffer.from(`"${value}"`).toString('base64');
      expect(privateIn(readable(`{"data":"${data}"}`)), value).toHaveLength(1);
    }
  });

  it('are small', () => {
    for (const [name, text] of texts) expect(text.length, name).toBeLessThan(100_000);
  });
});

function runsOf(type: string): RunHistory[] {
  return all.filter(
    ({ history }) =>
      history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name === type,
  );
}

/** Payloads stand in a history in base 64. */
function readable(text: string): string {
  const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
    Buffer.from(data ?? '', 'base64').toString(),
  );
  return [text, ...payloads].join('\n');
}

function privateIn(text: string): string[] {
  const patterns = {
    'an e-mail address': /[\w.+-]+@[\w-]+\.\w+/,
    'a phone number': /\+\d{7,}/,
    'a hash': /\b([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b/i,
    'a place of the machine': /\/(home|root|Users|tmp|work|var|usr)\/|node_modules|file:\/\//,
    'a token': /token"|bearer|secret|password/i,
  };
  return Object.entries(patterns).flatMap(([what, pattern]) => (pattern.test(text) ? [what] : []));
}
