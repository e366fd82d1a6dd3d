import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  commandOf,
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  processIdentitySchema,
  untilGone,
} from './process-identity.js';
import { readJson, writeWholeJson } from './whole-file.js';

const recordSchema = z.object({
  /** Where PostgreSQL's cluster lies, since it may be outside of the data folder. */
  postgresCluster: z.string().nullable(),
  children: z.array(
    processIdentitySchema.extend({ name: z.string(), stopSignal: z.enum(['SIGTERM', 'SIGINT']) }),
  ),
});

/** The child processes of a supervisor, on disk: the next start ends those that outlived it. */
export type ProcessRecord = z.infer<typeof recordSchema>;

const recordFile = (folder: string) => join(folder, 'processes.json');

export function writeProcessRecord(folder: string, record: ProcessRecord): void {
  writeWholeJson(recordFile(folder), record);
}

export function removeProcessRecord(folder: string): void {
  rmSync(recordFile(folder), { force: true });
}

/** Long enough for PostgreSQL to write what it has in memory. */
const POLITE_LIMIT_MS = 10_000;
const FORCED_LIMIT_MS = 5_000;

/**
 * Ends what a supervisor that was killed has left behind. Call it only while no supervisor works on the folder.
 * @returns the names of the processes that had to be ended
 */
export async function clearLeftovers(folder: string): Promise<string[]> {
  const record = readJson(recordFile(folder), recordSchema);
  const cluster = record?.postgresCluster ?? join(folder, 'postgres');
  const left = (record?.children ?? []).filter(isRunning);
  // One that was restarted just before the end may not have been written down.
  const postmaster = postmasterOf(cluster);
  if (postmaster !== undefined && !left.some((child) => child.pid === postmaster.pid)) {
    left.push({ ...postmaster, name: 'postgres', stopSignal: 'SIGINT' });
  }
  await Promise.all(left.map((child) => end(child, child.stopSignal)));
  removeProcessRecord(folder);
  return left.map((child) => child.name);
}

/** The server that has a cluster open, by its own file; only if that process works in the cluster's folder. */
function postmasterOf(cluster: string): ProcessIdentity | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid = '', folder = ''] = readFileSync(file, 'utf8').split('\n');
  const identity = identifyProcess(Number(pid));
  return identity !== undefined && folder === cluster && commandOf(identity.pid).includes(cluster)
    ? identity
    : undefined;
}

async function end(child: ProcessIdentity, stopSignal: NodeJS.Signals): Promise<void> {
  signal(child, stopSignal);
  if (await untilGone(child, POLITE_LIMIT_MS)) return;
  signal(child, 'SIGKILL');
  if (await untilGone(child, FORCED_LIMIT_MS)) return;
  throw new Error(`Process ${child.pid} of an earlier start cannot be ended. End it, then start again.`);
}

function signal(child: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(child.pid, name);
  } catch {
    // Gone in the meantime, which is what is wanted; what may not be signalled shows up as not gone.
  }
}
