import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { asUser, type Command } from './command.js';
import type { PostgresInstallation } from './postgres-installation.js';

const run = promisify(execFile);

export const POSTGRES_USER = 'activate';
export const POSTGRES_DATABASE = 'activate';

/** A PostgreSQL cluster on this machine: where it is, and the password of its one user. */
export interface PostgresCluster {
  installation: PostgresInstallation;
  port: number;
  password: string;
}

/** The address of a database of the cluster. */
export function postgresUrl(cluster: PostgresCluster, database = POSTGRES_DATABASE): string {
  return `postgresql://${POSTGRES_USER}:${encodeURIComponent(cluster.password)}@127.0.0.1:${cluster.port}/${database}`;
}

/** Where a cluster is made, to be renamed when it is whole. */
export const incomingCluster = (cluster: string): string => `${cluster}.incoming`;

/** Makes the cluster where there is none yet. One cut short by a crash is made anew. */
export async function initialiseCluster({ installation, password }: PostgresCluster): Promise<void> {
  const { binaries, cluster, user } = installation;
  if (existsSync(join(cluster, 'postgresql.conf')) && existsSync(join(cluster, 'global', 'pg_control')))
    return;
  // These files come early in the making: what is whole is told by its name alone.
  const place = existsSync(cluster) ? realpathSync(cluster) : cluster;
  const incoming = incomingCluster(place);
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(incoming, user.uid, user.gid);
  const passwordFile = `${cluster}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  // C is the one locale that every machine has, and sorts the same everywhere.
  const args = [
    `--pgdata=${incoming}`,
    `--username=${POSTGRES_USER}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    // Waiting for the disk takes most of the time on a busy one. An empty cluster that a power cut spoils is no loss.
    '--no-sync',
  ];
  try {
    await run(join(binaries, 'initdb'), args, { ...asUser(user), cwd: incoming, env: plainEnvironment() });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`PostgreSQL could not make its data folder ${cluster}: ${said}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  // The folder itself stays until the new one takes its place: a note may name it.
  mkdirSync(place, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(place)) rmSync(join(place, entry), { recursive: true, force: true });
  try {
    renameSync(incoming, place);
  } catch (error) {
    throw new Error(`${place} must not be a disk's mount point itself, but a folder on the disk: ${error}`);
  }
}

/** The server itself, in the foreground, on the loopback address only. */
export function postgresCommand(
  { installation, port }: PostgresCluster,
  extraSettings: Readonly<Record<string, string>> = {},
): Command {
  const { binaries, cluster, user } = installation;
  const settings = {
    listen_addresses: '127.0.0.1',
    // Without sockets in a shared folder two stacks of different users cannot meet.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...extraSettings,
  };
  return {
    file: join(binaries, 'postgres'),
    args: [
      '-D',
      cluster,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cwd: cluster,
    env: plainEnvironment(),
    ...(user === undefined ? {} : { user }),
  };
}

/** Resolves once the server answers queries; rejects when it does not yet. Makes the database when missing. */
export async function probePostgres(cluster: PostgresCluster): Promise<void> {
  const client = new pg.Client({
    connectionString: postgresUrl(cluster, 'postgres'),
    connectionTimeoutMillis: 2_000,
  });
  // A server that goes away between two queries must not become an unhandled error event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [POSTGRES_DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${POSTGRES_DATABASE}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** PostgreSQL reads many PG* variables; those of the caller's shell are about other servers. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
}
