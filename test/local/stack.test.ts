import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { makePassable } from '../../src/local/data-folder.js';
import { DataFolderInUse } from '../../src/local/data-folder-claim.js';
import { isRunning, type ProcessIdentity } from '../../src/local/process-identity.js';
import { type Stack, startStack } from '../../src/local/stack.js';
import { addressTable } from '../../src/local/stack-addresses.js';
import { removeThrowAwayFolder } from '../../src/local/throw-away-folder.js';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
const programs = { api: program('api'), worker: program('worker'), sandbox: program('api') };
const environment = {
  PATH: process.env['PATH'] ?? '',
  PART_BYTES: '123456',
  TEMPORAL_API_KEY: 'of another server',
};

let folder: string;
let stack: Stack;
const said: string[] = [];
const say = (text: string, service = 'stack') => said.push(`${service}: ${text}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stack-test-'));
  makePassable(folder);
  stack = await startStack({ dataDir: folder, environment, say, programs });
});

afterAll(async () => {
  await stack?.stop();
  removeThrowAwayFolder(folder);
});

async function query(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.addresses.databaseUrl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function withTemporal<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: stack.addresses.temporalAddress });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

async function environmentOf(url: string): Promise<Record<string, string>> {
  return z.record(z.string(), z.string()).parse(await (await fetch(`${url}/environment`)).json());
}

function processOf(name: string): ProcessIdentity {
  const identity = stack.processes().get(name);
  if (identity === undefined) throw new Error(`${name} does not run`);
  return identity;
}

describe('a stack whose folder takes no change any more', () => {
  /** Only API and worker: the servers are said to be elsewhere. */
  const withServers = {
    ...environment,
    DATABASE_URL: 'postgresql://127.0.0.1/elsewhere',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    TIKTOK_SANDBOX_URL: 'http://127.0.0.1:8090',
  };
  let folder: string;
  const start = () => startStack({ dataDir: folder, environment: withServers, say, programs });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stack-test-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('when its addresses are to be written ends what it has started, and can be started again', async () => {
    // The draft of stack.json: what cannot be written stands in for the full disk.
    const draft = join(folder, `stack.json.${process.pid}`);
    mkdirSync(draft);
    await expect(start()).rejects.toThrow(draft);
    const { api } = z
      .object({ api: z.number() })
      .parse(JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')));
    await expect(fetch(`http://127.0.0.1:${api}/`)).rejects.toThrow();

    rmdirSync(draft);
    const again = await start();
    await again.stop();
  });

  it('is ended all the same, and gives the folder free', async () => {
    const running = await start();
    const before = [...running.processes().values()];
    const file = join(folder, 'stack.json');
    rmSync(file);
    mkdirSync(file);
    await expect(running.stop()).rejects.toThrow(file);
    expect(before).toHaveLength(2);
    expect(before.filter(isRunning)).toEqual([]);
    expect(existsSync(join(folder, 'supervisor.json'))).toBe(false);
  });
});

describe('the embedded stack', () => {
  it('runs each part as a process of its own', () => {
    expect([...stack.processes().keys()].sort()).toEqual([
      'api',
      'postgres',
      'sandbox',
      'temporal',
      'worker',
    ]);
  });

  it('writes its addresses to stack.json, which only its owner may read', () => {
    const file = join(folder, 'stack.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(stack.addresses);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(addressTable(stack.addresses)).not.toContain(new URL(stack.addresses.databaseUrl).password);
  });

  it('makes its secrets once, for its owner alone', () => {
    const file = join(folder, 'secrets.json');
    const { encryptionKey } = z
      .object({ encryptionKey: z.string() })
      .parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(Buffer.from(encryptionKey, 'base64')).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('tells the API all addresses, what the user set, and nothing about another Temporal server', async () => {
    const env = await environmentOf(stack.addresses.api);
    expect(env).toMatchObject({
      PUBLIC_URL: stack.addresses.api,
      DATABASE_URL: stack.addresses.databaseUrl,
      STORAGE_URL: `file://${folder}/objects`,
      TEMPORAL_ADDRESS: stack.addresses.temporalAddress,
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_UI_URL: stack.addresses.temporalUi,
      TIKTOK_SANDBOX_URL: stack.addresses.sandbox,
      PART_BYTES: '123456',
      DATA_DIR: folder,
    });
    expect(env['TEMPORAL_API_KEY']).toBeUndefined();
  });

  it('has a database in UTF-8 that sorts the same everywhere', async () => {
    expect(
      await query(
        "SELECT current_setting('server_encoding') AS encoding, datcollate FROM pg_database WHERE datname = current_database()",
      ),
    ).toEqual([{ encoding: 'UTF8', datcollate: 'C' }]);
  });

  it('has the search attributes and keeps closed runs for 30 days', async () => {
    await withTemporal(async ({ operatorService, workflowService }) => {
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace: 'default' });
      expect(Object.keys(customAttributes ?? {})).toEqual(
        expect.arrayContaining(['ActivationPhase', 'ConnectionId', 'AdvertiserId']),
      );
      const { config } = await workflowService.describeNamespace({ namespace: 'default' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
    });
  });

  it('serves the Temporal Web UI', async () => {
    expect((await fetch(stack.addresses.temporalUi ?? '')).status).toBe(200);
  });

  it('refuses a second start on the same folder', async () => {
    await expect(startStack({ dataDir: folder, environment, say, programs })).rejects.toThrow(
      DataFolderInUse,
    );
    expect(existsSync(join(folder, 'stack.json'))).toBe(true);
  });

  it('shows warnings of its parts, and keeps the rest for the log files', () => {
    expect(said).toContain('api: something is odd');
    expect(said.join('\n')).not.toContain('listens');
    expect(readFileSync(join(folder, 'logs', 'api.log'), 'utf8')).toContain('"listens"');
  });

  it('brings PostgreSQL back after kill -9, with its data', async () => {
    await query('CREATE TABLE kept AS SELECT 42 AS answer');
    const before = processOf('postgres');
    process.kill(before.pid, 'SIGKILL');
    await vi.waitFor(() => expect(said).toContain('postgres: is ready again'), 30_000);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(isRunning(before)).toBe(false);
  });

  it('brings Temporal back after kill -9, with its runs', async () => {
    const start = {
      namespace: 'default',
      workflowId: 'kept',
      requestId: 'once',
      workflowType: { name: 'AnyWorkflow' },
      taskQueue: { name: 'nobody-listens' },
    };
    await withTemporal((connection) => connection.workflowService.startWorkflowExecution(start));
    process.kill(processOf('temporal').pid, 'SIGKILL');
    await vi.waitFor(() => expect(said).toContain('temporal: is ready again'), 30_000);
    const found = await withTemporal((connection) =>
      connection.workflowService.describeWorkflowExecution({
        namespace: 'default',
        execution: { workflowId: 'kept' },
      }),
    );
    expect(found.workflowExecutionInfo?.type?.name).toBe('AnyWorkflow');
  });

  it('ends all its processes, removes stack.json, and starts again on the same data', async () => {
    const before = [...stack.processes().values()];
    await stack.stop();
    expect(before.filter(isRunning)).toEqual([]);
    expect(existsSync(join(folder, 'stack.json'))).toBe(false);
    stack = await startStack({ dataDir: folder, environment, say, programs });
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});
