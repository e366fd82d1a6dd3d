import { beforeAll, expect, it } from 'vitest';
import { newId } from '../../src/database/ids.js';
import type { Database } from '../../src/database/open-database.js';
import type { PagePosition } from '../../src/database/page.js';
import { listUploads } from '../../src/database/uploads.js';
import { freshDatabase } from './fresh-database.js';

let db: Database;
beforeAll(async () => {
  db = await freshDatabase();
});

it('pages of a list have every row once, also of rows that were made at the same moment', async () => {
  const ids = Array.from({ length: 25 }, () => newId('upl'));
  await db
    .insertInto('uploads')
    .values(ids.map((id) => ({ id, filename: null, size: 1 })))
    .execute();
  const seen: string[] = [];
  let from: PagePosition | undefined;
  do {
    const page = await listUploads(db, { limit: 4, from });
    seen.push(...page.rows.map(({ id }) => id));
    from = page.next ?? undefined;
  } while (from !== undefined);
  expect(seen.toSorted()).toEqual(ids.toSorted());
});
