import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endAttention } from '../../src/activation/end-attention.js';
import { runCli } from './run-cli.js';
import { activationOf, completedRun, progressOf } from './samples.js';
import { problem, ScriptedApi } from './scripted-api.js';

let api: ScriptedApi;

beforeEach(async () => {
  api = await ScriptedApi.start();
  api.run = completedRun();
});

afterEach(() => api.close());

/** What a person can tell a run. */
const SIGNALS = ['pause', 'resume', 'reconnected', 'approve', 'reject', 'cancel'];

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

describe('commands about runs', () => {
  it('end quietly when the reader of their output has seen enough', async () => {
    const row = '3,0,email,no_at_sign\n';
    const rows = { status: 200, body: row.repeat(100_000), type: 'text/csv' };
    api.answers.set('GET /v1/activations/act_1/rejected-rows', rows);
    const command = `"$NODE" "$PROGRAM" rejected act_1 --api "$API" | head -n 1`;
    const env = { ...process.env, NODE: process.execPath, PROGRAM: program, API: api.url };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { env });
    expect(stdout).toBe(row);
    expect(stderr).toBe('');
  });

  it('runs lists the newest runs', async () => {
    const { stdout, exitCode } = await runCli(['runs', '--api', api.url]);
    expect(stdout).toMatch(/act_1 +2026-11-23 10:00 +Completed +4,900 +80 +3,210 +Spring buyers/);
    expect(exitCode).toBe(0);
  });

  it('show prints the report of a run that is still at work', async () => {
    api.run = activationOf({
      phase: 'delivering',
      progress: progressOf({ rowsTotal: 1000, rowsRead: 250, rowsSent: 250 }),
    });
    const { stdout, exitCode } = await runCli(['show', 'act_1', '--api', api.url]);
    expect(stdout).toContain('Delivering: run act_1.');
    expect(stdout).toContain('Read so far: 250 of 1,000 rows of the file.');
    expect(exitCode).toBe(0);
  });

  it('show tells how the rejected rows come into a file, without lines of npm', async () => {
    const { stdout } = await runCli(['show', 'act_1', '--api', api.url]);
    expect(stdout).toContain('(or: npm run --silent activate -- rejected act_1 > rejected.csv)');
  });

  it("show quotes TikTok once, and says why a simulation with one's own customers ends too small", async () => {
    const words = 'Too few people.';
    const run = completedRun();
    const attention = { code: 'small', title: 'Too small', detail: `Nobody. TikTok: “${words}”`, url: null };
    const audience = { ...run.audience, state: 'too_small' as const, matched: 0, matchRate: null, words };
    api.run = { ...run, simulation: true, attention, audience };
    const { stdout } = await runCli(['show', 'act_1', '--api', api.url]);
    expect(stdout.split(words)).toHaveLength(2);
    expect(stdout).toContain('The sandbox knows only the invented people of examples/');

    api.run = { ...run, audience };
    const unexplained = await runCli(['show', 'act_1', '--api', api.url]);
    expect(unexplained.stdout).toContain(`TikTok says: ${words}`);
    expect(unexplained.stdout).not.toContain('sandbox');
  });

  it.each(
    (['failed', 'canceled'] as const).flatMap((outcome) => [
      { outcome, tiktok: 'has nothing', has: {}, offered: true },
      { outcome, tiktok: 'has files', has: { files: 2 }, offered: true },
      { outcome, tiktok: 'may have the request', has: { files: 2, outcomeUnknown: true }, offered: false },
      { outcome, tiktok: 'has the request', has: { files: 2, published: true }, offered: false },
    ]),
  )(
    'show offers a retry only of what the API tries again: $outcome, and TikTok $tiktok ($offered)',
    async ({ outcome, has, offered }) => {
      const attention = endAttention({
        outcome,
        cutOff: false,
        action: 'create',
        name: 'Spring buyers',
        audienceState: null,
        words: null,
        received: {
          files: 0,
          published: false,
          outcomeUnknown: false,
          audienceId: null,
          oneTimeName: null,
          ...has,
        },
      });
      api.run = activationOf({ phase: outcome, attention });
      const { stdout } = await runCli(['show', 'act_1', '--api', api.url]);
      expect(stdout.includes('activate -- retry act_1')).toBe(offered);
    },
  );

  it('show offers no retry of a run whose audience is seen at TikTok', async () => {
    const run = completedRun();
    api.run = { ...run, phase: 'failed', audience: { ...run.audience, state: 'processing' } };
    const { stdout } = await runCli(['show', 'act_1', '--api', api.url]);
    expect(stdout).toContain('Failed: run act_1');
    expect(stdout).not.toContain('retry act_1');
  });

  it('show of an unknown run prints the problem and ends with 2', async () => {
    const { stderr, exitCode } = await runCli(['show', 'act_9', '--api', api.url]);
    expect(stderr).toContain('Not found');
    expect(exitCode).toBe(2);
  });

  it('rejected passes the CSV on as it is', async () => {
    const csv = 'line,column,identifier,reason\n3,0,email,no_at_sign\n';
    api.answers.set('GET /v1/activations/act_1/rejected-rows', { status: 200, body: csv, type: 'text/csv' });
    const { stdout, exitCode } = await runCli(['rejected', 'act_1', '--api', api.url]);
    expect(stdout).toBe(csv);
    expect(exitCode).toBe(0);
    expect(api.requests('GET', '/v1/activations/act_1/rejected-rows')[0]?.path).toContain('format=csv');
  });

  it.each(SIGNALS)('%s tells the run so, and a person what comes of it', async (signal) => {
    const path = `/v1/activations/act_1/${signal}`;
    api.answers.set(`POST ${path}`, { status: 202, body: null });
    const { stdout, exitCode } = await runCli([signal, 'act_1', '--api', api.url]);
    expect(api.requests('POST', path)).toHaveLength(1);
    expect(stdout).toMatch(/^Run act_1 \S.*\. See it with: .*activate -- show act_1\n$/);
    expect(exitCode).toBe(0);
  });

  it.each(['approve', 'reject'])('%s names the question that the run asks now', async (signal) => {
    const attention = {
      code: 'audience_would_shrink',
      title: 'Less than half',
      detail: 'Really?',
      url: null,
    };
    api.run = activationOf({ phase: 'waiting_for_approval', attention });
    const path = `/v1/activations/act_1/${signal}`;
    api.answers.set(`POST ${path}`, { status: 202, body: null });
    const { exitCode } = await runCli([signal, 'act_1', '--api', api.url]);
    expect(exitCode).toBe(0);
    expect(api.requests('POST', path).map((request) => request.path)).toEqual([
      `${path}?question=audience_would_shrink`,
    ]);
  });

  it.each(SIGNALS)('%s of a run that is over says so and ends with 1', async (signal) => {
    const refusal = problem(409, 'This makes no sense for the run now', 'The run is over (failed).');
    api.answers.set(`POST /v1/activations/act_1/${signal}`, { status: 409, body: refusal });
    const { stderr, exitCode } = await runCli([signal, 'act_1', '--api', api.url]);
    expect(stderr).toBe('This makes no sense for the run now\nThe run is over (failed).\n');
    expect(exitCode).toBe(1);
  });

  it.each(SIGNALS)('%s stands in the help', async (signal) => {
    const { stdout, exitCode } = await runCli(['--help']);
    expect(stdout).toMatch(new RegExp(`^ +${signal} <id> +\\S`, 'm'));
    expect(exitCode).toBe(0);
  });

  it('retry starts a failed run again and follows the new one to its report', async () => {
    api.run = { ...completedRun(), id: 'act_2', retryOf: 'act_1' };
    api.answers.set('POST /v1/activations/act_1/retry', { status: 202, body: api.run });
    api.onFollow = () => api.change(api.run);
    const { stdout, exitCode } = await runCli(['retry', 'act_1', '--api', api.url]);
    expect(stdout).toContain('Run act_2 tries act_1 again.');
    expect(stdout).toContain('Completed: run act_2');
    expect(exitCode).toBe(0);
  });

  it('a signal that makes no sense in the phase ends with 1 and the reason', async () => {
    const refusal = problem(409, 'The run is over', 'It is completed: nothing is left to pause.');
    api.answers.set('POST /v1/activations/act_1/pause', { status: 409, body: refusal });
    const { stderr, exitCode } = await runCli(['pause', 'act_1', '--api', api.url]);
    expect(stderr).toBe('The run is over\nIt is completed: nothing is left to pause.\n');
    expect(exitCode).toBe(1);
  });

  it('a refused key says which variable to set', async () => {
    api.answers.set('GET /v1/activations', { status: 401, body: problem(401, 'Unauthorized', 'No key.') });
    const { stderr, exitCode } = await runCli(['runs', '--api', api.url]);
    expect(stderr).toContain('ACTIVATE_API_KEY');
    expect(exitCode).toBe(2);
  });
});
