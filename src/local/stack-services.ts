import { join } from 'node:path';
import { setAsideDamaged } from './damaged-database.js';
import { findTemporalCli } from './find-tools.js';
import {
  initialiseCluster,
  type PostgresCluster,
  postgresCommand,
  probePostgres,
} from './postgres-cluster.js';
import { projectFolder } from './project-folder.js';
import type { Secrets } from './secrets.js';
import type { Service } from './service.js';
import type { StackAddresses } from './stack-addresses.js';
import { programEnvironment, reachable, sandboxEnvironment, withoutTemporal } from './stack-environment.js';
import type { StackPlan } from './stack-plan.js';
import { prepareNamespace, probeTemporal, temporalCommand } from './temporal-server.js';
import { ofNodeProcess, ofPostgres, ofTemporal } from './worthwhile-lines.js';

/** The modules to run as API, worker and sandbox. */
export interface Programs {
  api: string;
  worker: string;
  sandbox: string;
}

export const BUILT_PROGRAMS: Programs = {
  api: join(projectFolder, 'dist', 'api', 'main.js'),
  worker: join(projectFolder, 'dist', 'worker.js'),
  sandbox: join(projectFolder, 'dist', 'sandbox', 'main.js'),
};

const PROBE_LIMIT_MS = 3_000;

/** The services of a stack, in order of need. */
export function stackServices(
  plan: StackPlan,
  cluster: PostgresCluster | undefined,
  secrets: Secrets,
  addresses: StackAddresses,
  programs: Programs,
): Service[] {
  const env = programEnvironment(plan, secrets, addresses);
  const embedded = [
    ...(cluster === undefined ? [] : [postgresService(cluster)]),
    ...(plan.embedded.temporal ? [temporalService(plan, addresses)] : []),
    ...(plan.embedded.sandbox ? [sandboxService(plan, programs)] : []),
  ];
  const needs = embedded.map((service) => service.name);
  const api = `http://${reachable(plan.host)}:${plan.ports.api}/readyz`;
  // Where the worker's health is bound depends on HOST as the API's address does.
  const worker = `http://${reachable(plan.host)}:${plan.ports.workerHealth}/readyz`;
  return [
    ...embedded,
    // As a person at the terminal ends it: no load balancer has to notice.
    { ...ownService('api', needs, programs.api, env, () => probeHttp(api)), stopSignal: 'SIGINT' },
    ownService('worker', needs, programs.worker, env, () => probeHttp(worker)),
  ];
}

function postgresService(cluster: PostgresCluster): Service {
  return {
    name: 'postgres',
    needs: [],
    program: postgresCommand(cluster),
    prepare: () => initialiseCluster(cluster),
    probe: () => probePostgres(cluster),
    // A "fast" shutdown: open transactions are rolled back, and what is in memory is written.
    stopSignal: 'SIGINT',
    worthwhile: ofPostgres,
  };
}

function temporalService(plan: StackPlan, { temporalAddress }: StackAddresses): Service {
  const databaseFile = join(plan.folder, 'temporal', 'temporal.db');
  const command = temporalCommand({
    cli: findTemporalCli(plan.given),
    port: plan.ports.temporal,
    uiPort: plan.ports.temporalUi,
    databaseFile,
  });
  return {
    name: 'temporal',
    needs: [],
    program: { ...command, env: withoutTemporal(plan.given) },
    probe: async () => {
      await probeTemporal(temporalAddress, 'default');
      await prepareNamespace(temporalAddress, 'default');
    },
    mend: (lastLines) => setAsideDamaged(databaseFile, lastLines),
    stopSignal: 'SIGTERM',
    worthwhile: ofTemporal,
  };
}

function sandboxService(plan: StackPlan, programs: Programs): Service {
  const page = `http://127.0.0.1:${plan.ports.sandbox}/_sandbox`;
  return ownService('sandbox', [], programs.sandbox, sandboxEnvironment(plan), () => probeHttp(page));
}

function ownService(
  name: string,
  needs: readonly string[],
  script: string,
  env: NodeJS.ProcessEnv,
  probe: () => Promise<void>,
): Service {
  return { name, needs, program: { script, env }, probe, stopSignal: 'SIGTERM', worthwhile: ofNodeProcess };
}

async function probeHttp(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
}
