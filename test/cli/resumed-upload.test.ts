import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiClient } from '../../src/cli/api-client.js';
import { createSilentOutput } from '../../src/cli/output.js';
import { unfinishedUploads } from '../../src/cli/unfinished-uploads.js';
import { uploadFile } from '../../src/cli/upload.js';
import { type NarrowProxy, narrowProxy } from './narrow-proxy.js';
import { runCli } from './run-cli.js';
import { completedRun } from './samples.js';
import { problem, ScriptedApi } from './scripted-api.js';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const content = Buffer.from(Array.from({ length: 150_000 }, (_, n) => `row.${n}@example.com\n`).join(''));

let api: ScriptedApi;
let proxy: NarrowProxy;
let folder: string;
let file: string;
let env: Record<string, string>;

beforeEach(async () => {
  api = await ScriptedApi.start();
  api.onFollow = () => api.change(completedRun());
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  file = join(folder, 'buyers.csv');
  await writeFile(file, content);
  env = { XDG_STATE_HOME: join(folder, 'state') };
});

afterEach(async () => {
  await proxy.close();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

async function expectOneUploadOfTheContent(): Promise<void> {
  expect(api.requests('POST', '/v1/uploads')).toHaveLength(1);
  const [uploadId = ''] = api.startedUploads();
  expect((await api.uploadedBytes(uploadId)).equals(content)).toBe(true);
  const offsets = api.seen
    .filter(({ method }) => method === 'PATCH')
    .map(({ headers }) => Number(headers['upload-offset']));
  expect(offsets[0]).toBe(0);
  expect(offsets.at(-1)).toBeGreaterThan(content.length / 4);
}

/** A client that is killed when half of the file has gone. */
async function killHalfWay(): Promise<void> {
  proxy = await narrowProxy(api.port, content.length / 2, 'stall');
  const words = [program, file, '--api', proxy.url];
  const killed = spawn(process.execPath, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
  await proxy.exhausted;
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  proxy.widen();
}

/** A client that may read only what the file's mode allows: as root without root's privileges. */
async function runWithoutPrivileges(words: string[]): Promise<{ code: unknown; stderr: string }> {
  const [command, ...before] =
    process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', process.execPath] : [process.execPath];
  const client = spawn(command ?? process.execPath, [...before, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  client.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(client, 'close');
  return { code, stderr };
}

describe('an upload of which no note can be kept', () => {
  it('is finished, and it is said once that a later command cannot go on with it', async () => {
    proxy = await narrowProxy(api.port, content.length / 2, 'break');
    void proxy.exhausted.then(() => proxy.widen());
    const noFolder = { XDG_STATE_HOME: join(file, 'state') };

    const ran = await runCli([file, '--api', proxy.url], { env: noFolder });

    expect(ran.stderr).toMatch(/^This upload cannot be noted \(ENOTDIR: .*XDG_STATE_HOME[^\n]*\n$/);
    expect(ran.exitCode).toBe(0);
    await expectOneUploadOfTheContent();
  });
});

describe('a file that cannot be read', () => {
  it('is refused with a sentence when it exists all the same', async () => {
    proxy = await narrowProxy(api.port, Number.POSITIVE_INFINITY, 'break');
    await chmod(file, 0o000);
    const ran = await runWithoutPrivileges([program, file, '--api', proxy.url]);
    expect(ran.stderr).toBe(`There is no file ${file}, or it may not be read.\n`);
    expect(ran.code).toBe(2);
    expect(api.seen).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is gone', () => rm(file)],
    ['has become a folder', () => symlink(folder, `${file}.link`).then(() => rename(`${file}.link`, file))],
  ])('any more, since it %s, ends the upload with a sentence', async (_name, spoil) => {
    proxy = await narrowProxy(api.port, content.length / 2, 'break');
    void proxy.exhausted.then(spoil).then(() => proxy.widen());
    const ran = await runCli([file, '--api', proxy.url], { env });
    expect(ran.stderr).toMatch(/^The file .*buyers\.csv cannot be read any more \(E[A-Z]+: [^\n]*\n$/);
    expect(ran.exitCode).toBe(2);
    expect(api.startedUploads()).toEqual([]);
  });
});

describe('an upload goes on where it was', () => {
  it('after the connection broke in the middle', async () => {
    proxy = await narrowProxy(api.port, content.length / 2, 'break');
    void proxy.exhausted.then(() => proxy.widen());
    const ran = await runCli([file, '--api', proxy.url], { env });
    expect(ran.stderr).toBe('');
    expect(ran.exitCode).toBe(0);
    await expectOneUploadOfTheContent();
  });

  it('after kill -9 of the client, and leaves no note behind', async () => {
    await killHalfWay();

    const again = await runCli([file, '--api', proxy.url], { env });

    expect(again.stdout).toContain('Going on with the upload of buyers.csv at');
    expect(again.exitCode).toBe(0);
    await expectOneUploadOfTheContent();
    expect(await readdir(join(folder, 'state', 'activate-audience'))).toEqual([]);
  });

  it('but starts anew when the file was changed in between', async () => {
    await killHalfWay();
    await utimes(file, new Date(), new Date(Date.now() - 60_000));

    const again = await runCli([file, '--api', proxy.url], { env });

    expect(again.stdout).not.toContain('Going on');
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(2);
    expect((await api.uploadedBytes(api.startedUploads()[0] ?? '')).equals(content)).toBe(true);
  });

  it('after the connection stayed open and carried nothing any more', async () => {
    proxy = await narrowProxy(api.port, content.length / 2, 'stall');
    void proxy.exhausted.then(() => proxy.widen());
    const silent = createSilentOutput(process.stdout, process.stderr);
    const notes = unfinishedUploads(join(folder, 'state'), silent.complain);
    const client = createApiClient({ url: proxy.url });
    const { uploadId } = await uploadFile(client, file, notes, silent, 500);
    expect((await api.uploadedBytes(uploadId)).equals(content)).toBe(true);
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(1);
  });

  it.each([
    ['PATCH', 507, 'No space is left', 'run the same command again to go on from there', 1],
    ['HEAD', 401, 'it answered 401', 'Run the same command again to go on from there', 1],
  ])(
    'once the cause of a refused %s (%i) is mended, and says so at once',
    async (method, status, title, advice, exitCode) => {
      await killHalfWay();
      const path = api.seen.find((request) => request.method === 'PATCH')?.path ?? '';
      api.answers.set(`${method} ${path}`, { status, body: problem(status, title, 'Not now.') });
      const refused = await runCli([file, '--api', proxy.url], { env });
      expect(refused.stderr).toContain(title);
      expect(refused.stderr).toContain(advice);
      expect(refused.exitCode).toBe(exitCode);

      api.answers.clear();
      const again = await runCli([file, '--api', proxy.url], { env });
      expect(again.exitCode).toBe(0);
      await expectOneUploadOfTheContent();
    },
  );
});
