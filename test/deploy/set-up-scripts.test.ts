import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asUser } from '../../src/local/command.js';
import { makePassable } from '../../src/local/data-folder.js';
import { findTemporalCli } from '../../src/local/find-tools.js';
import { choosePorts } from '../../src/local/free-ports.js';
import {
  initialiseCluster,
  postgresCommand,
  postgresUrl,
  probePostgres,
} from '../../src/local/postgres-cluster.js';
import { postgresInstallation } from '../../src/local/postgres-installation.js';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/search-attributes.js';
import { projectPath } from './compose-file.js';

const run = promisify(execFile);
const scripts = (await readdir(projectPath('deploy'))).filter((name) => name.endsWith('.sh'));

describe('the scripts of deploy/', () => {
  it.each(scripts)('%s is a shell script without mistakes of syntax', async (name) => {
    await run('sh', ['-n', projectPath(`deploy/${name}`)]);
  });

  it.each(scripts)('%s says which variable is missing', async (name) => {
    const { PATH } = process.env;
    const failed = run('sh', [projectPath(`deploy/${name}`)], { env: { PATH } });
    await expect(failed).rejects.toThrow(/: is the /);
  });
});

describe('deploy/temporal-namespace.sh', () => {
  const temporal = findTemporalCli(process.env);
  let folder: string;
  let server: ChildProcess;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'namespace-test-'));
    const [port = 0, metricsPort = 0] = await choosePorts([0, 0]);
    env = {
      PATH: `${dirname(temporal)}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_NAMESPACE: 'activations',
    };
    const words = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)];
    const more = ['--metrics-port', String(metricsPort), '--db-filename', join(folder, 'temporal.db')];
    server = spawn(temporal, [...words, ...more], { env, stdio: 'ignore' });
  });

  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  });

  it('waits for the server, makes the namespace with its search attributes, and changes nothing when run again', async () => {
    const script = projectPath('deploy/temporal-namespace.sh');
    const first = await run('sh', [script], { env });
    const second = await run('sh', [script], { env });

    const described = await run(temporal, ['operator', 'namespace', 'describe'], { env });
    const listed = await run(temporal, ['operator', 'search-attribute', 'list'], { env });
    expect(described.stdout).toMatch(/Retention\w* +720h/);
    for (const { name } of SEARCH_ATTRIBUTES)
      expect(listed.stdout).toMatch(new RegExp(`^ *${name} +Keyword`, 'm'));
    expect(first.stdout).toContain('search attribute AdvertiserId can be used: yes');
    expect(second.stdout).toContain('namespace activations exists');
    expect(second.stdout).toContain('search attribute ActivationPhase exists');
  });
});

// psql comes with PostgreSQL's clients, which not every machine has.
describe.skipIf(spawnSync('psql', ['--version']).error !== undefined)('deploy/postgres-databases.sh', () => {
  let folder: string;
  let server: ChildProcess;
  let port: number;

  // A server of its own: roles are for a whole server.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'databases-test-'));
    makePassable(folder);
    [port = 0] = await choosePorts([0]);
    const cluster = { installation: postgresInstallation(folder), port, password: 'secret' };
    await initialiseCluster(cluster);
    const { file, args, user, ...rest } = postgresCommand(cluster);
    server = spawn(file, args, { ...rest, ...asUser(user), stdio: 'ignore' });
    await vi.waitFor(() => probePostgres(cluster), { timeout: 20_000, interval: 50 });
    const client = new pg.Client({ connectionString: postgresUrl(cluster, 'postgres') });
    await client.connect();
    await client.query("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD 'of a cloud'");
    await client.end();
  });

  afterAll(async () => {
    server.kill('SIGINT');
    await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  });

  it('makes the roles and the database as an administrator that is no superuser, and can be run again', async () => {
    const env = {
      PATH: process.env['PATH'],
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGPASSWORD: 'of a cloud',
      POSTGRES_USER: 'administrator',
      AUDIENCE_DB_PASSWORD: "it's",
      TEMPORAL_DB_PASSWORD: 'other',
    };
    const script = projectPath('deploy/postgres-databases.sh');
    await run('sh', [script], { env });
    await run('sh', [script], { env: { ...env, AUDIENCE_DB_PASSWORD: 'new' } });

    const as = { host: '127.0.0.1', port, database: 'activate_audience' };
    const owner = new pg.Client({ ...as, user: 'activate_audience', password: 'new' });
    await owner.connect();
    await owner.query('CREATE TABLE things ()');
    await owner.end();
    const temporal = new pg.Client({ ...as, user: 'temporal', password: 'other' });
    await expect(temporal.connect()).rejects.toThrow(/permission denied for database/);
    const making = new pg.Client({ ...as, user: 'temporal', password: 'other', database: 'postgres' });
    await making.connect();
    await making.query('CREATE DATABASE temporal');
    await making.end();
  });
});
