import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/database/ids.js';
import type { Database } from '../../src/database/open-database.js';
import {
  claimPart,
  dropClaim,
  findPart,
  listParts,
  prolongClaim,
  recordPrepared,
} from '../../src/database/preparation-parts.js';
import {
  findPreparation,
  leasePreparation,
  releasePreparation,
  storeSplit,
} from '../../src/database/preparations.js';
import { freshDatabase, newActivation, newUpload } from './fresh-database.js';

let db: Database;
let uploadId: string;
beforeAll(async () => {
  db = await freshDatabase();
  uploadId = await newUpload(db);
});

async function lease(key: string, activationId?: string, earlier: string | null = null) {
  const holder = activationId ?? (await newActivation(db, { uploadId }));
  const preparation = await leasePreparation(db, {
    id: newId('pre'),
    key,
    uploadId,
    plan: {},
    earlier,
    activationId: holder,
  });
  return { preparation, activationId: holder };
}

const part = (index: number) => ({ index, start: index, end: index + 1, firstLine: 1, firstRow: 1, rows: 1 });

describe('leases', () => {
  it('are not taken for a run that works on another preparation by now: whoever wants one has slept', async () => {
    const { preparation: before, activationId } = await lease('before');
    const { preparation: present } = await lease('present', activationId, before.id);
    await expect(lease('of the sleeper', activationId, before.id)).rejects.toThrow('another preparation');
    await expect(lease('before', activationId)).rejects.toThrow('another preparation');
    expect((await lease('present', activationId, before.id)).preparation.id).toBe(present.id);
  });

  it('give all activations of one plan the same preparation, also at the same moment', async () => {
    const holders = await Promise.all(Array.from({ length: 12 }, () => newActivation(db, { uploadId })));
    const leased = await Promise.all(holders.map((holder) => lease('shared', holder)));
    expect(new Set(leased.map(({ preparation }) => preparation.id)).size).toBe(1);
    // Asked again, a holder gets what it has.
    const again = await lease('shared', holders[0]);
    expect(again.preparation.id).toBe(leased[0]?.preparation.id);
  });

  it('discard the preparation with the last release, exactly once of many at the same moment', async () => {
    const holders = await Promise.all(Array.from({ length: 12 }, () => newActivation(db, { uploadId })));
    const [first] = await Promise.all(holders.map((holder) => lease('released', holder)));
    const id = first?.preparation.id ?? '';
    const released = await Promise.all(holders.map((holder) => releasePreparation(db, id, holder)));
    expect(released.filter(Boolean).length).toBe(1);
    expect((await findPreparation(db, id))?.discarded_at).not.toBeNull();
    // A deletion that was cut off is done again.
    expect(await releasePreparation(db, id, holders[0] ?? '')).toBe(true);
  });

  it('keep a preparation while an open run of the same upload may still want it', async () => {
    const shared = await newUpload(db);
    const [first, second] = [
      await newActivation(db, { uploadId: shared }),
      await newActivation(db, { uploadId: shared }),
    ];
    const leaseIt = (activationId: string) =>
      leasePreparation(db, {
        id: newId('pre'),
        key: shared,
        uploadId: shared,
        plan: {},
        activationId,
        earlier: null,
      });
    const { id } = await leaseIt(first);
    expect(await releasePreparation(db, id, first)).toBe(false);
    expect((await leaseIt(second)).id).toBe(id);
    expect(await releasePreparation(db, id, second)).toBe(true);
  });

  it('never lend a discarded preparation: the next activation makes a new one', async () => {
    for (let round = 0; round < 10; round++) {
      const { preparation, activationId } = await lease('contended');
      const [released, next] = await Promise.all([
        releasePreparation(db, preparation.id, activationId),
        lease('contended'),
      ]);
      const current = await findPreparation(db, next.preparation.id);
      expect(current?.discarded_at).toBeNull();
      expect(next.preparation.id === preparation.id).toBe(!released);
      await releasePreparation(db, next.preparation.id, next.activationId);
    }
  });
});

describe('the split', () => {
  it('is stored once, however often and by whomever', async () => {
    const { preparation } = await lease('split');
    const parts = Array.from({ length: 1_201 }, (_, index) => part(index));
    await Promise.all([1, 2, 3].map(() => storeSplit(db, preparation.id, { rows: 1_201, parts })));
    const stored = await listParts(db, preparation.id);
    expect(stored.map(({ part_index }) => part_index)).toEqual(parts.map(({ index }) => index));
    expect(await findPreparation(db, preparation.id)).toMatchObject({
      rows_total: 1_201,
      parts_total: 1_201,
    });
  });
});

describe('the claim of a part', () => {
  async function onePart(key: string) {
    const { preparation, activationId } = await lease(key);
    await storeSplit(db, preparation.id, { rows: 1, parts: [part(0)] });
    return { id: preparation.id, activationId };
  }

  it('is given to one of many at the same moment', async () => {
    const { id } = await onePart('claimed');
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        claimPart(db, id, 0, { activationId: `act_${index}`, forMs: 60_000 }),
      ),
    );
    expect(claims.filter(Boolean).length).toBe(1);
    expect((await findPart(db, id, 0))?.attempts).toBe(1);
  });

  it('is renewed by its holder, free when it has run out or was dropped, and gone once the part is prepared', async () => {
    const { id } = await onePart('kept');
    const claim = (activationId: string) => claimPart(db, id, 0, { activationId, forMs: 60_000 });
    expect(await claim('act_a')).toBe(true);
    expect(await claim('act_a')).toBe(true);
    expect(await claim('act_b')).toBe(false);

    await prolongClaim(db, id, 0, { activationId: 'act_b', forMs: -1_000 });
    expect(await claim('act_b')).toBe(false);
    await prolongClaim(db, id, 0, { activationId: 'act_a', forMs: -1_000 });
    expect(await claim('act_b')).toBe(true);

    await dropClaim(db, id, 0, 'act_a');
    expect(await claim('act_c')).toBe(false);
    await dropClaim(db, id, 0, 'act_b');
    expect(await claim('act_c')).toBe(true);

    const prepared = { bytes: 5, md5: 'm', ledger: { rowsRead: 1 }, distinct: new Uint8Array([1]) };
    await recordPrepared(db, id, 0, prepared);
    expect(await claim('act_c')).toBe(false);
    await recordPrepared(db, id, 0, { ...prepared, md5: 'another' });
    expect(await findPart(db, id, 0)).toMatchObject({ md5: 'm', claimed_by: null, claimed_until: null });
  });
});
