import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * How the Temporal dev server ends when it cannot use its SQLite file: the words of SQLite for a file that is none or has
 * broken pages, and for one whose tables are gone or are those of another release.
 */
const UNUSABLE =
  /failed starting server.*(file is not a database|database disk image is malformed|no such (table|column))/;

/** SQLite keeps its newest changes in files of their own beside the database. */
const FILES = ['', '-wal', '-shm'];

/**
 * Moves the database of Temporal's dev server aside when the server's last words say that it is unusable, so that the
 * next start makes a new one. What ran is not lost: the product's own database decides, and runs that Temporal does not
 * know are found and ended there, ready to be retried.
 *
 * @returns the sentence for the person; null when the words say something else
 */
export function setAsideDamaged(databaseFile: string, lastWords: string): string | null {
  if (!UNUSABLE.test(lastWords) || !existsSync(databaseFile)) return null;
  const aside = join(dirname(databaseFile), `damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(aside);
  for (const ending of FILES) {
    const file = databaseFile + ending;
    if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  }
  return (
    `cannot use its database, which is damaged or of another version: it is kept in ${aside}, and a new one is made. ` +
    'Everything else stays. Runs that were open end as "terminated" within a minute; "npm run activate -- retry ID" starts them again.'
  );
}
