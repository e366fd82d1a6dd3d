import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { calls, DMP, emailFile, SandboxClient, signedInSandbox, temporaryFolder } from './running-sandbox.js';

const MAIN = join(import.meta.dirname, '../../dist/sandbox/main.js');

/** The sandbox in a process of its own, started as a supervisor starts it. */
async function startProcess(
  folder: string,
): Promise<{ child: ChildProcess; client: SandboxClient; output: () => string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', SANDBOX_DIR: folder, LOG_LEVEL: 'debug' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [message] = await once(child, 'message');
  const { port } = z.object({ type: z.literal('listening'), port: z.number() }).parse(message);
  return { child, client: new SandboxClient(`http://127.0.0.1:${port}`), output: () => output };
}

async function killed(child: ChildProcess, signal: NodeJS.Signals): Promise<[number | null, string | null]> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code, by] = await exit;
  return [code, by];
}

/** Begins an upload and leaves it half sent; resolves when the server has begun to store it. */
async function halfUpload(client: SandboxClient, incoming: string): Promise<void> {
  const sending = request(`${client.url}/open_api/v1.3/${DMP}file/upload/`, {
    method: 'POST',
    headers: { 'Access-Token': client.token ?? '', 'content-type': 'multipart/form-data; boundary=x' },
  });
  sending.on('error', () => {});
  sending.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n');
  sending.write('a'.repeat(100_000));
  await expect.poll(() => readdir(incoming)).toHaveLength(1);
}

describe('a sandbox that is killed', () => {
  it('goes on where it was: tokens, codes, files, audiences, faults, clock, settings, calls', async () => {
    const folder = await temporaryFolder();
    const before = await startProcess(folder);
    const client = before.client;
    client.token = await client.signIn();
    await client.admin('PATCH', 'settings', { processingSeconds: 600, minimumMatched: 10 });
    await client.admin('POST', 'clock', { advanceSeconds: 86_400 });
    const unused = (await client.consent('approve')).searchParams.get('auth_code') ?? '';
    const content = emailFile(0, 20);
    const filePath = await client.upload(content);
    const id = await client.create([filePath]);
    await client.admin('POST', 'faults', { endpoint: 'user/info/', kind: 'code', code: 50002, times: 1 });
    const callsBefore = calls.parse(await client.admin('GET', 'calls'));
    await halfUpload(client, join(folder, 'incoming'));
    expect(await killed(before.child, 'SIGKILL')).toEqual([null, 'SIGKILL']);

    const after = (await startProcess(folder)).client;
    after.token = client.token;
    expect(calls.parse(await after.admin('GET', 'calls'))).toEqual(callsBefore);
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
    expect((await after.get('user/info/')).code).toBe(50002);
    expect((await after.get('user/info/')).code).toBe(0);
    expect((await after.exchange(unused)).code).toBe(0);
    expect(await after.admin('GET', 'settings')).toMatchObject({
      processingSeconds: 600,
      minimumMatched: 10,
    });
    expect(await (await fetch(`${after.url}/_sandbox/files/${filePath}`)).text()).toBe(content);
    expect(await after.inside(id)).toMatchObject({ state: 'processing', file_paths: [filePath] });
    await after.admin('POST', 'clock', { advanceSeconds: 600 });
    expect(await after.inside(id)).toMatchObject({ state: 'ready', members: 20 });
    expect(Number(await after.create([filePath]))).toBe(Number(id) + 1);
  });

  it('ends by itself when its supervisor is gone, and cleanly on SIGTERM', async () => {
    const first = await startProcess(await temporaryFolder());
    const exit = once(first.child, 'exit');
    first.child.disconnect();
    expect(await exit).toEqual([0, null]);
    const second = await startProcess(await temporaryFolder());
    expect(await killed(second.child, 'SIGTERM')).toEqual([0, null]);
  });

  it('writes no token, code or secret into its log or its files', async () => {
    const folder = await temporaryFolder();
    const { client, child, output } = await startProcess(folder);
    const code = (await client.consent('approve')).searchParams.get('auth_code') ?? '';
    const { data } = await client.exchange(code);
    client.token = z.string().parse(data['access_token']);
    await client.get('oauth2/advertiser/get/', { app_id: '7000000000000000000', secret: 'sandbox-secret' });
    await client.upload(emailFile(0, 1));
    await killed(child, 'SIGTERM');
    const stored = await Promise.all(
      ['state.json', 'calls.jsonl'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    const everything = output() + stored.join('');
    expect(everything).toContain('oauth2/advertiser/get/');
    for (const secret of [code, client.token, 'sandbox-secret']) expect(everything).not.toContain(secret);
  });
});

describe('reset', () => {
  it('makes everything as at start', async () => {
    const client = await signedInSandbox();
    await client.create([await client.upload(emailFile(0, 20))]);
    await client.admin('PATCH', 'settings', { strictStatus: true });
    await client.admin('POST', 'clock', { advanceSeconds: 3600 });
    await client.admin('POST', 'reset');
    for (const what of ['audiences', 'files', 'faults', 'calls'])
      expect(await client.admin('GET', what)).toEqual([]);
    expect(await client.admin('GET', 'settings')).toMatchObject({ strictStatus: false, minimumMatched: 10 });
    expect(await client.admin('GET', 'clock')).toMatchObject({ aheadSeconds: 0 });
    expect((await client.get('user/info/')).code).toBe(40105);
  });
});

describe('settings', () => {
  it('change one by one, and a misspelt one is refused', async () => {
    const client = await signedInSandbox();
    expect(await client.admin('PATCH', 'settings', { minimumMatched: 5 })).toMatchObject({
      minimumMatched: 5,
      processingSeconds: 0,
      rateLimits: null,
      strictStatus: false,
      population: 'brief-2024',
    });
    await expect(client.admin('PATCH', 'settings', { minimumMatch: 5 })).rejects.toThrow('400');
  });

  it('that shorten processing hold for what is being processed', async () => {
    const client = await signedInSandbox({ processingSeconds: 3600 });
    const id = await client.create([await client.upload(emailFile(0, 20))]);
    await client.admin('PATCH', 'settings', { processingSeconds: 0 });
    expect((await client.inside(id)).state).toBe('ready');
  });
});
