import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { asUser, type Command } from '../../src/local/command.js';
import { findTemporalCli } from '../../src/local/find-tools.js';
import { choosePorts } from '../../src/local/free-ports.js';
import {
  initialiseCluster,
  postgresCommand,
  postgresUrl,
  probePostgres,
} from '../../src/local/postgres-cluster.js';
import { postgresFolderBelowSystem, postgresInstallation } from '../../src/local/postgres-installation.js';
import {
  prepareNamespace,
  probeTemporal,
  temporalAddress,
  temporalCommand,
} from '../../src/local/temporal-server.js';
import { TEST_NAMESPACES } from './namespaces.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests make their databases. */
    databaseServerUrl: string;
    /** host:port of the Temporal dev server. */
    temporalAddress: string;
  }
}

interface Server {
  address: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** One PostgreSQL and one Temporal dev server for all test files, in a folder that goes with them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'activate-audience-test-'));
  // PostgreSQL may have to run as another user, who must pass through.
  chmodSync(folder, 0o711);
  const [databasePort = 0, temporalPort = 0, uiPort = 0] = await choosePorts([0, 0, 0]);
  const starting = [startPostgres(folder, databasePort), startTemporal(temporalPort, uiPort)] as const;
  const tearDown = async () => {
    const started = await Promise.allSettled(starting);
    await Promise.all(
      started.map((server) => (server.status === 'fulfilled' ? server.value.stop() : undefined)),
    );
    rmSync(folder, { recursive: true, force: true });
    rmSync(postgresFolderBelowSystem(folder), { recursive: true, force: true });
  };
  try {
    const [database, temporal] = await Promise.all(starting);
    project.provide('databaseServerUrl', database.address);
    project.provide('temporalAddress', temporal.address);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

async function startPostgres(folder: string, port: number): Promise<Server> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { address: given, stop: async () => undefined };
  const cluster = { installation: postgresInstallation(folder), port, password: 'test' };
  await initialiseCluster(cluster);
  // The folder is thrown away: nothing has to reach the disk.
  const command = postgresCommand(cluster, {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  });
  return startServer('PostgreSQL', command, postgresUrl(cluster, 'postgres'), 'SIGINT', () =>
    probePostgres(cluster),
  );
}

async function startTemporal(port: number, uiPort: number): Promise<Server> {
  const server = { cli: findTemporalCli(process.env), port, uiPort, namespaces: TEST_NAMESPACES };
  const address = temporalAddress(server);
  const last = TEST_NAMESPACES[TEST_NAMESPACES.length - 1] ?? 'default';
  const started = await startServer('Temporal', temporalCommand(server), address, 'SIGTERM', () =>
    probeTemporal(address, last),
  );
  await Promise.all(TEST_NAMESPACES.map((namespace) => prepareNamespace(address, namespace)));
  return started;
}

async function startServer(
  name: string,
  command: Command,
  address: string,
  stopSignal: NodeJS.Signals,
  probe: () => Promise<void>,
): Promise<Server> {
  const child = spawn(command.file, command.args, {
    ...asUser(command.user),
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const stop = () => stopChild(child, stopSignal);
  // Nothing may stay behind when the tests are interrupted before they are torn down.
  process.once('exit', () => child.kill('SIGKILL'));
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await probe();
      return { address, stop };
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        await stop();
        throw new Error(`${name} for the tests did not start. ${said}`, { cause: error });
      }
      await delay(50);
    }
  }
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(limit);
}
