import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, type RunCliOptions, runCli } from './run-cli.js';
import { activationOf, audienceOf, completedRun, connectionOf, progressOf } from './samples.js';
import { problem, ScriptedApi } from './scripted-api.js';

const CONTENT = 'Email\nanna.adler.0@example.com\nben.adler.0@example.org\n';

let api: ScriptedApi;
let folder: string;
let file: string;

beforeEach(async () => {
  api = await ScriptedApi.start();
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  file = join(folder, 'buyers.csv');
  await writeFile(file, CONTENT);
  api.onFollow = () => api.change(completedRun());
});

afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

function activate(words: string[], options: RunCliOptions = {}): Promise<Ran> {
  const env = { XDG_STATE_HOME: join(folder, 'state'), ACTIVATE_API: api.url, ...options.env };
  return runCli(words, { ...options, env });
}

function sentRequest(): unknown {
  return api.requests('POST', '/v1/activations').at(-1)?.body;
}

describe('activate FILE', () => {
  it('uploads the file byte for byte, starts a run, follows it and prints the balanced report', async () => {
    const ran = await activate([file]);

    expect(ran.stderr).toBe('');
    expect(ran.exitCode).toBe(0);
    const [started] = api.requests('POST', '/v1/activations');
    const uploadId = api.startedUploads()[0] ?? '';
    expect((await api.uploadedBytes(uploadId)).toString()).toBe(CONTENT);
    expect(started?.body).toEqual({
      uploadId,
      connectionId: 'con_1',
      advertiserId: '7000000000000000001',
      audience: { action: 'create', name: 'buyers' },
    });
    expect(started?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/);
    expect(ran.stdout).toContain(
      'audience "Spring buyers" (7100000000000000001) is ready; 3,210 people matched',
    );
    expect(ran.stdout).toMatch(/sent +4,900 +98\.0 %/);
    expect(ran.stdout).toContain('The ledger balances: all 5,000 rows of the file are accounted for.');
    expect(ran.stdout).toMatch(/email +60 +several values in one cell\n +email +25 +no @ in the e-mail/);
    expect(ran.stdout).toContain('http://127.0.0.1/namespaces/default/workflows/act_1');
  });

  it('leaves connections with the sandbox aside where the API has an app of TikTok, unless a simulation is asked for', async () => {
    const sandbox = connectionOf({ id: 'con_sandbox', environment: 'sandbox' });
    api.connections = [sandbox, connectionOf({})];
    await activate([file]);
    expect(sentRequest()).toMatchObject({ connectionId: 'con_1' });

    api.run = { ...completedRun(), simulation: true };
    const simulated = await activate([file, '--simulate']);
    expect(sentRequest()).toMatchObject({ connectionId: 'con_sandbox' });
    expect(simulated.stdout).toContain('TikTok itself received nothing');

    api.connections = [sandbox];
    const platforms = (environments: string[]) =>
      api.answers.set('GET /v1/platforms', {
        status: 200,
        body: { data: [{ environments }], nextCursor: null },
      });
    platforms(['live', 'sandbox']);
    const refused = await activate([file]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('No TikTok account is connected yet');
    platforms(['sandbox']);
    await activate([file]);
    expect(sentRequest()).toMatchObject({ connectionId: 'con_sandbox' });
  });

  it('tells each phase of the run as it comes', async () => {
    const phases = ['inspecting', 'delivering', 'publishing', 'matching'] as const;
    api.onFollow = () => {
      for (const phase of phases) {
        api.change(
          activationOf({ phase, progress: progressOf({ rowsTotal: 10, rowsRead: 5, partsTotal: 2 }) }),
        );
      }
      api.change(completedRun());
    };

    const { stdout } = await activate([file]);

    expect(stdout).toMatch(
      /Queued\nInspecting\nDelivering: 0 % {2}5 of 10 rows {2}0 of 2 parts at TikTok\nPublishing.*\nMatching/,
    );
  });

  it('starts a run for each advertiser on one upload, and reports each; the exit code is the worst', async () => {
    const other = '7000000000000000002';
    const [first] = api.connections[0]?.advertisers ?? [];
    if (first === undefined) throw new Error('the sample has no advertiser');
    api.connections = [connectionOf({ advertisers: [first, { ...first, id: other }] })];
    const runs = [
      completedRun(),
      { ...completedRun(), id: 'act_2', advertiserId: other, phase: 'failed' as const },
    ];
    api.answers.set('POST /v1/activations', { status: 202, body: { data: runs } });
    for (const run of runs) {
      api.answers.set(`GET /v1/activations/${run.id}/events`, {
        status: 200,
        type: 'text/event-stream',
        body: `data: ${JSON.stringify(run)}\n\n`,
      });
    }

    const ran = await activate([file, '--advertiser', first.id, '--advertiser', other]);

    expect(sentRequest()).toEqual({
      uploadId: api.startedUploads()[0],
      destinations: [first.id, other].map((advertiserId) => ({
        connectionId: 'con_1',
        advertiserId,
        audience: { action: 'create', name: 'buyers' },
      })),
    });
    expect(ran.stdout).toMatch(/Advertiser 7000000000000000001[\s\S]*Completed: run act_1/);
    expect(ran.stdout).toMatch(/Advertiser 7000000000000000002[\s\S]*Failed: run act_2/);
    expect(ran.exitCode).toBe(1);
    const json = await activate([file, '--advertiser', first.id, '--advertiser', other, '--json']);
    expect(JSON.parse(json.stdout)).toEqual(runs);
  });

  it('refuses to change one audience for several advertisers', async () => {
    const ran = await activate([
      file,
      '--append',
      '1',
      '--advertiser',
      '7000000000000000001',
      '--advertiser',
      '7000000000000000001',
    ]);
    expect(ran.stderr).toContain('An audience belongs to one advertiser');
    expect(ran.exitCode).toBe(2);
  });

  it('follows a run through the restart of the API', async () => {
    const restart = async (): Promise<void> => {
      await api.die();
      api.run = completedRun();
      await api.listen();
    };
    let restarting: Promise<void> | undefined;
    api.onFollow = () => {
      restarting ??= restart();
    };

    const ran = await activate([file]);

    await restarting;
    expect(ran.stdout).toContain('The API answers again.');
    expect(ran.exitCode).toBe(0);
    expect(api.requests('POST', '/v1/activations')).toHaveLength(1);
  });

  it('polls the run where no event stream is to be had', async () => {
    api.hasEventStream = false;
    api.run = activationOf({ phase: 'matching' });
    const pending = activate([file], {
      onOutput: (text) => {
        if (text.startsWith('Matching')) api.run = completedRun();
      },
    });
    expect((await pending).exitCode).toBe(0);
  });

  it('ends with 3 and says what to do when the run waits for a new sign-in', async () => {
    api.onFollow = () =>
      api.change(
        activationOf({
          phase: 'waiting_for_reconnect',
          attention: {
            code: 'reconnect_tiktok',
            title: 'Sign in with TikTok again',
            detail: 'TikTok no longer accepts the authorization.',
            url: 'http://127.0.0.1/connections/con_1',
          },
        }),
      );

    const ran = await activate([file]);

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain('Sign in with TikTok again: TikTok no longer accepts the authorization.');
    expect(ran.stdout).toContain('http://127.0.0.1/connections/con_1');
    expect(ran.stdout).toContain('activate -- show act_1');
  });

  it('ends with 3 when somebody paused the run', async () => {
    api.onFollow = () => api.change(activationOf({ phase: 'paused' }));
    const ran = await activate([file]);
    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain('activate -- resume act_1');
  });

  it('ends with 1 and the reason when the run fails', async () => {
    const failure = {
      code: 'no_identifiers',
      detail: 'The file has no identifiers.',
      help: 'Choose another file.',
      requestId: null,
    };
    api.onFollow = () => api.change(activationOf({ phase: 'failed', failure }));
    const ran = await activate([file]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain('The file has no identifiers.\nChoose another file.');
  });

  it('ends with 1 when the run is cancelled', async () => {
    api.onFollow = () => api.change(activationOf({ phase: 'canceled' }));
    expect((await activate([file])).exitCode).toBe(1);
  });

  it('prints the run as one JSON document and nothing else with --json', async () => {
    const ran = await activate([file, '--json']);
    expect(JSON.parse(ran.stdout)).toEqual(completedRun());
    expect(ran.exitCode).toBe(0);
  });

  it('sends what the flags say', async () => {
    await activate([
      file,
      ...['--append', '7200000000000000001'],
      ...['--column', 'E=mail=email', '--column', 'Mobile=phone:de', '--column', '2=maid'],
      ...['--normalization', 'tiktok-2025-09', '--dry-run'],
      ...['--rejected-row-limit', '2.5', '--ask-over-limit'],
    ]);
    expect(sentRequest()).toMatchObject({
      audience: { action: 'append', audienceId: '7200000000000000001' },
      columns: { 'E=mail': 'email', Mobile: { identifier: 'phone', defaultCountry: 'DE' }, '2': 'maid' },
      normalization: 'tiktok-2025-09',
      rejectedRowLimit: { percent: 2.5, onExceeded: 'ask' },
      dryRun: true,
    });
  });

  it('prints what a dry run would upload', async () => {
    const files = Array.from({ length: 22 }, (_, part) => ({ part, rows: 1_000, bytes: 65_000 }));
    const prediction = { calculateType: 'EMAIL_SHA256', files, rows: 22_000, bytes: 1_430_000, calls: 25 };
    api.onFollow = () => api.change({ ...completedRun(), dryRun: true, prediction });
    const ran = await activate([file, '--dry-run']);
    expect(ran.stdout).toContain('a dry run: nothing was sent to TikTok');
    expect(ran.stdout).toMatch(/file of part 20 +1,000 +65\.0 kB +EMAIL_SHA256\n +and 2 more/);
    expect(ran.stdout).toContain('In all 22 files, 22,000 rows and 1.4 MB, with about 25 calls of TikTok.');
  });

  it('calls one file one file', async () => {
    const prediction = {
      calculateType: 'EMAIL_SHA256',
      files: [{ part: 0, rows: 9, bytes: 585 }],
      rows: 9,
      bytes: 585,
      calls: 4,
    };
    api.onFollow = () => api.change({ ...completedRun(), dryRun: true, prediction });
    const ran = await activate([file, '--dry-run']);
    expect(ran.stdout).toContain('In all 1 file, 9 rows and 585 B, with about 4 calls of TikTok.');
  });

  it('sends the key of the API with every request', async () => {
    await activate([file], { env: { ACTIVATE_API_KEY: 'k-1' } });
    const keys = new Set(api.seen.map(({ headers }) => headers.authorization));
    expect(keys).toEqual(new Set(['Bearer k-1']));
    expect(new Set(api.seen.map(({ method }) => method))).toContain('PATCH');
  });

  it('prints a refusal with its pointers, keeps the upload, and does not send it again when the command is put right', async () => {
    const refusal = problem(422, 'The request is not valid', 'One column is unknown.', [
      { pointer: '/columns/Mail', detail: 'No column has this header.' },
    ]);
    api.answers.set('POST /v1/activations', { status: 422, body: refusal, type: 'application/problem+json' });
    const refused = await activate([file, '--column', 'Mail=email']);
    api.answers.clear();
    const accepted = await activate([file]);

    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toBe(
      'The request is not valid\nOne column is unknown.\n  /columns/Mail: No column has this header.\n',
    );
    expect(accepted.exitCode).toBe(0);
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(1);
    expect(await readdir(join(folder, 'state', 'activate-audience'))).toEqual([]);
  });

  it('repeats the start of the run with the same key until the API answers', async () => {
    api.answers.set('POST /v1/activations', { status: 503, body: problem(503, 'Not ready', '') });
    const pending = activate([file]);
    await expect.poll(() => api.requests('POST', '/v1/activations').length).toBeGreaterThan(1);
    api.answers.clear();

    expect((await pending).exitCode).toBe(0);
    const keys = api.requests('POST', '/v1/activations').map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('the choice of connection and advertiser', () => {
  it('lists the advertisers when there are several, before anything is uploaded', async () => {
    const advertisers = ['1', '2'].map((id) => ({
      id,
      name: `Shop ${id}`,
      timezone: null,
      audiences: null,
      canWrite: null,
    }));
    api.connections = [connectionOf({ advertisers })];
    const ran = await activate([file]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(
      'Choose an advertiser with --advertiser. There are: 1 (Shop 1); 2 (Shop 2).',
    );
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(0);
  });

  it('lists the connections when several are configured, unless only one may act for the advertiser', async () => {
    const advertisers = [{ id: '9', name: 'Shop 9', timezone: null, audiences: null, canWrite: null }];
    api.connections = [connectionOf({}), connectionOf({ id: 'con_2', name: 'Second', advertisers })];
    const ambiguous = await activate([file]);
    const clear = await activate([file, '--advertiser', '9']);
    expect(ambiguous.exitCode).toBe(2);
    expect(ambiguous.stderr).toContain('con_1 (Main account); con_2 (Second)');
    expect(clear.exitCode).toBe(0);
    expect(sentRequest()).toMatchObject({ connectionId: 'con_2', advertiserId: '9' });
  });

  it('says how to connect when nothing is connected, and how to sign in again when the authorization is gone', async () => {
    api.connections = [];
    const none = await activate([file]);
    api.connections = [connectionOf({ status: 'needs_reauthorization' })];
    const lapsed = await activate([file]);
    expect([none.exitCode, lapsed.exitCode]).toEqual([2, 2]);
    expect(none.stderr).toContain('activate -- connect');
    expect(lapsed.stderr).toContain('activate -- connect con_1');
  });
});

describe('--replace', () => {
  const words = ['--replace', '7200000000000000001'];

  beforeEach(() => {
    api.audiences = [audienceOf({ id: '7200000000000000001', name: 'Everybody', size: 120_000 })];
  });

  it('without a terminal wants the current size in the command', async () => {
    const bare = await activate([file, ...words]);
    const wrong = await activate([file, ...words, '--confirm-size', '5']);
    expect([bare.exitCode, wrong.exitCode]).toEqual([2, 2]);
    expect(bare.stderr).toContain('removes all 120,000 people of "Everybody"');
    expect(bare.stderr).toContain('--confirm-size 120000');
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(0);

    expect((await activate([file, ...words, '--confirm-size', '120000'])).exitCode).toBe(0);
    expect(sentRequest()).toMatchObject({
      audience: { action: 'replace', audienceId: '7200000000000000001', confirmCurrentSize: 120_000 },
    });
  });

  it('on a terminal asks the person and sends nothing after a no', async () => {
    const no = await activate([file, ...words], { confirm: async () => false });
    expect(no.exitCode).toBe(2);
    expect(api.requests('POST', '/v1/activations')).toHaveLength(0);
    expect((await activate([file, ...words], { confirm: async () => true })).exitCode).toBe(0);
  });

  it('refuses an audience that the advertiser does not have', async () => {
    const ran = await activate([file, '--replace', '1', '--confirm-size', '0']);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('has no Customer File audience 1');
  });
});

describe('bad usage', () => {
  it.each([
    [[], "missing required argument 'file'"],
    [['missing.csv'], 'There is no file'],
    [['.'], 'is not a file'],
    [['FILE', '--append', '1', '--remove', '2'], 'cannot be used with'],
    [['FILE', '--audience', 'A', '--replace', '2'], 'cannot be used with'],
    [['FILE', '--column', 'Email'], '--column Email: write it as'],
    [['FILE', '--column', 'Email=mail'], '--column Email=mail: write it as'],
    [['FILE', '--column', 'Email=email:DE'], 'write it as'],
    [['FILE', '--column', 'A=email', '--column', 'A=phone'], '--column names "A" twice'],
    [['FILE', '--normalization', 'mine'], 'Allowed choices'],
    [['FILE', '--rejected-row-limit', '101'], 'from 0 to 100'],
    [['FILE', '--confirm-size', '3'], 'belongs to --replace'],
    [['FILE', '--api', 'ftp://x'], 'must be a URL'],
    [['show'], "missing required argument 'id'"],
  ])('%j ends with 2 and a sentence', async (words, sentence) => {
    const ran = await activate(
      words.map((word) => (word === 'FILE' ? file : word)),
      { directory: folder },
    );
    expect(ran.stderr).toContain(sentence);
    expect(ran.exitCode).toBe(2);
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(0);
  });

  it('an empty file is refused before anything is asked of the API', async () => {
    await writeFile(file, '');
    const ran = await activate([file]);
    expect(ran.stderr).toContain('is empty');
    expect(ran.exitCode).toBe(2);
    expect(api.seen).toEqual([]);
  });
});

describe('without an API', () => {
  it('ends with 1 and says how to start one', async () => {
    await api.die();
    const ran = await activate(['runs']);
    await api.listen();
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(`No API answers at ${api.url}`);
    expect(ran.stderr).toContain('npm start');
  });

  it('says so when something else answers there', async () => {
    api.answers.set('GET /v1/activations', { status: 200, body: '<html>', type: 'text/html' });
    const ran = await activate(['runs']);
    expect(ran.stderr).toContain('is not the API of Activate Audience');
  });
});
