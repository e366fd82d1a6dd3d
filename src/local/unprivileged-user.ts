import { execFileSync, spawnSync } from 'node:child_process';
import type { UserIds } from './command.js';

const NAME = 'postgres';

/**
 * The user that runs PostgreSQL when we are root: `postgres` as it exists, or else made as a system user.
 * Throws with the ways out where no user can be made.
 */
export function unprivilegedUser(): UserIds {
  const existing = idsOf(NAME);
  if (existing !== undefined) return existing;
  spawnSync('/usr/sbin/useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    NAME,
  ]);
  const made = idsOf(NAME);
  if (made !== undefined) return made;
  throw new Error(
    'PostgreSQL refuses to run as root, and no unprivileged user could be made for it. Start as an ordinary user, create a system user named "postgres", or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

function idsOf(name: string): UserIds | undefined {
  const id = (flag: '-u' | '-g') =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
