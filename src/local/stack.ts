import { makeDataFolder } from './data-folder.js';
import { claimDataFolder } from './data-folder-claim.js';
import { readLastPorts, writeLastPorts } from './last-ports.js';
import { PortClaims } from './port-claims.js';
import type { PostgresCluster } from './postgres-cluster.js';
import { postgresInstallation } from './postgres-installation.js';
import type { ProcessIdentity } from './process-identity.js';
import { clearLeftovers } from './process-record.js';
import { type Secrets, secretsOf } from './secrets.js';
import { removeStackFile, type StackAddresses, writeStackFile } from './stack-addresses.js';
import { addressesOf } from './stack-environment.js';
import { planStack, type StackPlan } from './stack-plan.js';
import { BUILT_PROGRAMS, type Programs, stackServices } from './stack-services.js';
import { Supervisor } from './supervisor.js';

export interface StackOptions {
  /** Made when missing. Everything that the stack keeps is in it. */
  dataDir: string;
  /** As of `process.env`: what is set there goes to the children and decides what is embedded. */
  environment: NodeJS.ProcessEnv;
  /** Shows a line to the person; `service` names the part of the stack that it is about. */
  say: (text: string, service?: string) => void;
  programs?: Programs;
  /** Breaks off a start that is under way. */
  signal?: AbortSignal;
}

export interface Stack {
  addresses: StackAddresses;
  /** The processes that run at this moment, by name: postgres, temporal, sandbox, api, worker. */
  processes(): ReadonlyMap<string, ProcessIdentity>;
  /** Ends everything in reverse order of need; rejects afterwards when a file of it stays behind. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends everything at once; `stop` still has to be awaited. */
  kill(): void;
}

/**
 * Starts the whole stack and resolves when all of it is ready and `stack.json` is written.
 * @throws {DataFolderInUse} when a live supervisor has the folder
 * @throws {Error} with the newest lines of its log, when a part does not start, or when the folder cannot be written;
 * what had started is ended first
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, environment, say, programs = BUILT_PROGRAMS } = options;
  makeDataFolder(dataDir);
  const freeFolder = claimDataFolder(dataDir);
  const claims = new PortClaims();
  const giveFree = () => {
    claims.release();
    freeFolder();
  };
  try {
    removeStackFile(dataDir);
    const left = await clearLeftovers(dataDir);
    if (left.length > 0) say(`Ended what an earlier start left behind: ${left.join(', ')}.`);
    const claim = (port: number) => claims.claim(port);
    const plan = await planStack(dataDir, environment, say, claim, readLastPorts(dataDir));
    writeLastPorts(dataDir, plan.ports);
    const secrets = secretsOf(plan.folder);
    const cluster = plan.embedded.postgres ? clusterOf(plan, secrets, say) : undefined;
    const addresses = addressesOf(plan, cluster);
    const supervisor = new Supervisor(stackServices(plan, cluster, secrets, addresses, programs), {
      folder: plan.folder,
      postgresCluster: cluster?.installation.cluster ?? null,
      say: (service, text) => say(text, service),
    });
    await startUnlessAborted(supervisor, options.signal);
    try {
      writeStackFile(plan.folder, addresses);
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    return {
      addresses,
      processes: () => supervisor.processes(),
      kill: () => supervisor.kill(),
      stop: async () => {
        // A disk that takes no change must keep neither the processes running nor the folder claimed.
        try {
          removeStackFile(plan.folder);
        } finally {
          await supervisor.stop().finally(giveFree);
        }
      },
    };
  } catch (error) {
    giveFree();
    throw error;
  }
}

function clusterOf(plan: StackPlan, secrets: Secrets, say: StackOptions['say']): PostgresCluster {
  const installation = postgresInstallation(plan.folder);
  if (installation.notice !== undefined) say(installation.notice);
  return { installation, port: plan.ports.postgres, password: secrets.databasePassword };
}

async function startUnlessAborted(supervisor: Supervisor, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const breakOff = () => void supervisor.stop();
  signal?.addEventListener('abort', breakOff, { once: true });
  try {
    await supervisor.start();
  } finally {
    signal?.removeEventListener('abort', breakOff);
  }
  signal?.throwIfAborted();
}
