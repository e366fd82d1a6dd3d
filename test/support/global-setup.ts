import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeDataFolder } from '../../src/local/data-folder.js';
import { claimDataFolder } from '../../src/local/data-folder-claim.js';
import { findTemporalCli } from '../../src/local/find-tools.js';
import { choosePorts } from '../../src/local/free-ports.js';
import {
  initialiseCluster,
  type PostgresCluster,
  postgresCommand,
  postgresUrl,
  probePostgres,
} from '../../src/local/postgres-cluster.js';
import { postgresInstallation } from '../../src/local/postgres-installation.js';
import type { Service } from '../../src/local/service.js';
import { Supervisor } from '../../src/local/supervisor.js';
import { probeTemporal, temporalAddress, temporalCommand } from '../../src/local/temporal-server.js';
import {
  clearDeadFolders,
  makeThrowAwayFolder,
  removeThrowAwayFolder,
} from '../../src/local/throw-away-folder.js';
import { bundleWorkflows } from './bundle-workflows.js';
import { TEST_NAMESPACES } from './namespaces.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests make their databases. */
    databaseServerUrl: string;
    /** host:port of the Temporal dev server. */
    temporalAddress: string;
    /** The file with the bundled workflows. */
    workflowBundle: string;
  }
}

/**
 * One PostgreSQL, one Temporal dev server and one bundle of the workflows for all test files, in a folder that goes with
 * them.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearDeadFolders('test');
  const folder = makeThrowAwayFolder('test');
  const giveFree = claimDataFolder(folder);
  makeDataFolder(folder);
  const [databasePort = 0, port = 0, uiPort = 0] = await choosePorts([0, 0, 0]);
  const given = process.env['DATABASE_URL'] || undefined;
  const cluster =
    given === undefined
      ? { installation: postgresInstallation(folder), port: databasePort, password: 'test' }
      : undefined;
  const temporal = { cli: findTemporalCli(process.env), port, uiPort, namespaces: TEST_NAMESPACES };
  const supervisor = new Supervisor(
    [
      temporalService(temporalAddress(temporal), temporalCommand(temporal)),
      ...(cluster === undefined ? [] : [postgresService(cluster)]),
    ],
    // Tests that look at the servers' failures have servers of their own.
    { folder, postgresCluster: cluster?.installation.cluster ?? null, say: () => undefined },
  );
  // A run that is interrupted is not torn down.
  const endAtOnce = () => supervisor.kill();
  process.once('exit', endAtOnce);
  const tearDown = async () => {
    await supervisor.stop();
    process.off('exit', endAtOnce);
    giveFree();
    removeThrowAwayFolder(folder);
  };
  const bundleFile = join(folder, 'workflow-bundle.js');
  try {
    await Promise.all([supervisor.start(), bundleInto(bundleFile)]);
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide('temporalAddress', temporalAddress(temporal));
  project.provide('workflowBundle', bundleFile);
  project.provide(
    'databaseServerUrl',
    given ?? (cluster === undefined ? '' : postgresUrl(cluster, 'postgres')),
  );
  return tearDown;
}

async function bundleInto(file: string): Promise<void> {
  const { code } = await bundleWorkflows(
    new URL('../../src/workflows/activate-audience.ts', import.meta.url),
  );
  await writeFile(file, code);
}

function postgresService(cluster: PostgresCluster): Service {
  return {
    name: 'postgres',
    needs: [],
    // The folder is thrown away: nothing has to reach the disk.
    program: postgresCommand(cluster, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    prepare: () => initialiseCluster(cluster),
    probe: () => probePostgres(cluster),
    stopSignal: 'SIGINT',
    worthwhile: () => undefined,
  };
}

function temporalService(address: string, program: Service['program']): Service {
  const last = TEST_NAMESPACES[TEST_NAMESPACES.length - 1] ?? 'default';
  return {
    name: 'temporal',
    needs: [],
    program,
    probe: () => probeTemporal(address, last),
    stopSignal: 'SIGTERM',
    worthwhile: () => undefined,
  };
}
