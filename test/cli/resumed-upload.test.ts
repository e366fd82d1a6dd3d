import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NarrowProxy, narrowProxy } from './narrow-proxy.js';
import { runCli } from './run-cli.js';
import { completedRun } from './samples.js';
import { ScriptedApi } from './scripted-api.js';

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
    proxy = await narrowProxy(api.port, content.length / 2, 'stall');
    const words = [program, file, '--api', proxy.url];
    const killed = spawn(process.execPath, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
    await proxy.exhausted;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    proxy.widen();

    const again = await runCli([file, '--api', proxy.url], { env });

    expect(again.stdout).toContain('Going on with the upload of buyers.csv at');
    expect(again.exitCode).toBe(0);
    await expectOneUploadOfTheContent();
    expect(await readdir(join(folder, 'state', 'activate-audience'))).toEqual([]);
  });

  it('but starts anew when the file was changed in between', async () => {
    proxy = await narrowProxy(api.port, content.length / 2, 'stall');
    const words = [program, file, '--api', proxy.url];
    const killed = spawn(process.execPath, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
    await proxy.exhausted;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    proxy.widen();
    await utimes(file, new Date(), new Date(Date.now() - 60_000));

    const again = await runCli([file, '--api', proxy.url], { env });

    expect(again.stdout).not.toContain('Going on');
    expect(api.requests('POST', '/v1/uploads')).toHaveLength(2);
    expect((await api.uploadedBytes(api.startedUploads()[0] ?? '')).equals(content)).toBe(true);
  });
});
