import { beforeAll, expect, it } from 'vitest';
import {
  insertAuthorizationRequest,
  useAuthorizationRequest,
} from '../../src/database/authorization-requests.js';
import type { Database } from '../../src/database/open-database.js';
import { freshDatabase, newConnection } from './fresh-database.js';

let db: Database;
let connectionId: string;
beforeAll(async () => {
  db = await freshDatabase();
  connectionId = await newConnection(db);
});

const issue = (stateDigest: string, ms: number) =>
  insertAuthorizationRequest(db, {
    stateDigest,
    connectionId,
    purpose: 'sign_in',
    expiresAt: new Date(Date.now() + ms),
    invitedBy: null,
    note: null,
    invitationDigest: null,
  });

it('a state is valid for one of many callbacks at the same moment, and used for the others', async () => {
  await issue('one', 60_000);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => useAuthorizationRequest(db, 'one')));
  expect(outcomes.filter(({ kind }) => kind === 'valid')).toMatchObject([
    { kind: 'valid', request: { connectionId } },
  ]);
  expect(outcomes.filter(({ kind }) => kind === 'used').length).toBe(9);
});

it('an expired state and an unknown one are told apart', async () => {
  await issue('old', -1_000);
  expect(await useAuthorizationRequest(db, 'old')).toEqual({ kind: 'expired' });
  expect(await useAuthorizationRequest(db, 'none')).toEqual({ kind: 'unknown' });
});
