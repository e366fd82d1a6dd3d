import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoredRequest } from '../../src/activation/stored-request.js';
import { upload as uploadSchema } from '../../src/api/schemas/upload.js';
import { openDatabase } from '../../src/database/open-database.js';
import { choosePorts } from '../../src/local/free-ports.js';
import { newActivation } from '../database/fresh-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { testNamespace } from '../support/temporal.js';
import { ApiCaller, idOfUpload, problemOf, until } from './support/api-caller.js';

const PROGRAM = fileURLToPath(new URL('../../dist/api/main.js', import.meta.url));

const listening = z.object({ type: z.literal('listening'), port: z.number() });

const exit = z.object({ code: z.number().nullable(), signal: z.string().nullable() });

interface ApiProcess {
  readonly child: ChildProcess;
  readonly api: ApiCaller;
  /** What was written to standard output and standard error. */
  readonly output: () => string;
  readonly exited: Promise<z.infer<typeof exit>>;
}

let folder: string;
let database: TestDatabase;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'activate-audience-process-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function environment(changes: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    PORT: '0',
    DATABASE_URL: database.url,
    STORAGE_URL: pathToFileURL(join(folder, 'store')).href,
    TEMPORAL_ADDRESS: testNamespace('api').address,
    TEMPORAL_NAMESPACE: 'api',
    TIKTOK_APP_ID: '7000000000000000000',
    TIKTOK_APP_SECRET: 'sandbox-secret',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    ...changes,
  };
}

type StartedProcess = Omit<ApiProcess, 'api'> & { readonly port: Promise<number> };

function spawnApi(env: Record<string, string>): StartedProcess {
  return watch(fork(PROGRAM, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
}

/** An API that cannot write a file beyond the size, as on a disk that is full then. */
function spawnApiWithLimit(blocks: number, env: Record<string, string>): StartedProcess {
  const words = ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, PROGRAM];
  return watch(spawn('sh', words, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
}

function watch(child: ChildProcess): StartedProcess {
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const ends = [child.stdout, child.stderr].map((stream) => (stream === null ? null : once(stream, 'end')));
  const exited = Promise.all([once(child, 'exit'), ...ends]).then(([[code, signal]]) =>
    exit.parse({ code, signal }),
  );
  const port = new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(listening.parse(message).port));
    child.once('exit', () => reject(new Error(`the API ended: ${output}`)));
  });
  port.catch(() => undefined);
  return { child, output: () => output, exited, port };
}

async function startApi(env = environment(), spawned = spawnApi(env)): Promise<ApiProcess> {
  const { port, ...rest } = spawned;
  return { ...rest, api: new ApiCaller(`http://127.0.0.1:${await port}`) };
}

describe('an upload', () => {
  it('goes on after kill -9 of the API in the middle of a request, and ends with the right bytes', async () => {
    const content = randomBytes(3_000_000);
    const env = environment();
    const first = await startApi(env);
    await first.api.untilReady();
    const created = await first.api.tus('POST', '/v1/uploads', { 'upload-length': String(content.length) });
    const path = `/v1/uploads/${idOfUpload(created)}`;

    const patch = request(`${first.api.url}${path}`, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': content.length,
      },
    });
    patch.on('error', () => undefined);
    patch.write(content.subarray(0, 1_500_000));
    const received = async () => uploadSchema.parse((await first.api.get(path)).body).received;
    await until(async () => (await received()) > 0);
    first.child.kill('SIGKILL');
    expect((await first.exited).signal).toBe('SIGKILL');
    patch.destroy();

    const second = await startApi(env);
    await second.api.untilReady();
    const head = await second.api.tus('HEAD', path);
    const offset = Number(head.headers.get('upload-offset'));
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(1_500_000);
    const answer = await second.api.tus(
      'PATCH',
      path,
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      content.subarray(offset),
    );
    expect(answer.status).toBe(204);
    const upload = uploadSchema.parse((await second.api.get(path)).body);
    expect(upload).toMatchObject({
      complete: true,
      digest: createHash('sha256').update(content).digest('hex'),
    });
    second.child.kill('SIGTERM');
    expect(await second.exited).toEqual({ code: 0, signal: null });
  });
});

describe('an upload that finds no space', () => {
  it('is answered with 507, keeps what has arrived, and goes on from there once there is space', async () => {
    const content = randomBytes(3_000_000);
    const env = environment();
    const first = await startApi(env, spawnApiWithLimit(2_000, env));
    await first.api.untilReady();
    const created = await first.api.tus('POST', '/v1/uploads', { 'upload-length': String(content.length) });
    const path = `/v1/uploads/${idOfUpload(created)}`;
    const send = (api: ApiCaller, offset: number, length = content.length) =>
      api.tus(
        'PATCH',
        path,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        content.subarray(offset, offset + length),
      );
    const refused = await send(first.api, 0);
    expect(problemOf(refused)).toMatchObject({ status: 507, code: 'storage_full' });
    const kept = Number((await first.api.tus('HEAD', path)).headers.get('upload-offset'));
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(content.length);
    expect((await send(first.api, kept)).status).toBe(507);
    // So little that all of it is read before the write fails.
    expect((await send(first.api, kept, 10)).status).toBe(507);
    // Of a packed file the head is unpacked, to be looked at.
    const packed = gzipSync(`email\n${'a@example.com\n'.repeat(200_000)}`);
    const small = await first.api.tus(
      'POST',
      '/v1/uploads',
      { 'upload-length': String(packed.length), 'content-type': 'application/offset+octet-stream' },
      packed,
    );
    const unseen = await first.api.get(`/v1/uploads/${idOfUpload(small)}/inspection`);
    expect(problemOf(unseen)).toMatchObject({ status: 507, code: 'storage_full' });
    first.child.kill('SIGTERM');
    await first.exited;

    const second = await startApi(env);
    await second.api.untilReady();
    expect((await send(second.api, kept)).status).toBe(204);
    expect(uploadSchema.parse((await second.api.get(path)).body)).toMatchObject({
      complete: true,
      digest: createHash('sha256').update(content).digest('hex'),
    });
    second.child.kill('SIGTERM');
    await second.exited;
  });
});

describe('the process of the API', () => {
  it('ends in order when the supervisor that started it is gone', async () => {
    const { api, child, exited } = await startApi();
    await api.untilReady();
    child.disconnect();
    expect(await exited).toEqual({ code: 0, signal: null });
  });

  it('ends in order on SIGTERM although somebody listens to events', async () => {
    const { api, child, exited } = await startApi();
    await api.untilReady();
    const db = openDatabase(database.url, () => undefined);
    const request: StoredRequest = {
      audience: { action: 'create', name: 'Spring buyers' },
      columns: [],
      include: [],
      normalization: 'brief-2024',
      rejectedRowPercent: 10,
      dryRun: true,
    };
    const id = await newActivation(db, { request });
    await db.destroy();
    const events = await fetch(`${api.url}/v1/activations/${id}/events`);
    const text = events.text();
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(await text).toContain(id);
  });

  it('says all mistakes of its configuration in words and exits with 1', async () => {
    const { exited, output } = spawnApi({
      PATH: process.env['PATH'] ?? '',
      HOST: '0.0.0.0',
      TIKTOK_APP_ID: 'app',
    });
    expect((await exited).code).toBe(1);
    expect(output()).toMatch(/DATABASE_URL: is missing/);
    expect(output()).toMatch(/TIKTOK_APP_ID: must be the digits/);
    expect(output()).not.toMatch(/\bat .*\.js/);
  });

  it('says that its storage cannot be used, and exits with 1', async () => {
    const { exited, output } = spawnApi(environment({ STORAGE_URL: 's3://bucket/prefix' }));
    expect((await exited).code).toBe(1);
    expect(output()).toContain('S3');
  });

  it('starts while database and Temporal are down, says so, and answers 503', async () => {
    const [databasePort = 0, temporalPort = 0] = await choosePorts([0, 0]);
    const { api, child, exited } = await startApi(
      environment({
        DATABASE_URL: `postgresql://postgres:secret-word@127.0.0.1:${databasePort}/none`,
        TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
      }),
    );
    expect((await api.get('/healthz')).status).toBe(200);
    const ready = await api.get('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({
      ready: false,
      dependencies: { database: { ready: false }, temporal: { ready: false }, storage: { ready: true } },
    });
    expect(ready.text).not.toContain('secret-word');
    expect(problemOf(await api.get('/v1/uploads'))).toMatchObject({
      status: 503,
      code: 'database_unavailable',
    });
    child.kill('SIGTERM');
    expect((await exited).code).toBe(0);
  });
});
