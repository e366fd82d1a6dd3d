import { describe, expect, it } from 'vitest';
import { recordAudience, recordEnd } from '../../src/database/activations.js';
import { takeTurn } from '../../src/database/audience-turns.js';
import { freshDatabase, newActivation, newConnection, newUpload } from './fresh-database.js';

const db = await freshDatabase();
const uploadId = await newUpload(db);
const connectionId = await newConnection(db);
const ADVERTISER = '7';

/** A run that is to change an audience, accepted now. */
const changing = (audienceId: string, dryRun = false) =>
  newActivation(db, {
    uploadId,
    connectionId,
    request: { audience: { action: 'append', audienceId }, dryRun },
  });
const end = (id: string, phase = 'completed') => recordEnd(db, id, { phase, failure: null, attention: null });
const take = (activationId: string, audienceId: string) =>
  takeTurn(db, { activationId, advertiserId: ADVERTISER, audienceId });

describe('the turn to change an audience', () => {
  it('goes in the order in which the runs were accepted, whoever asks first', async () => {
    const runs = [await changing('1'), await changing('1'), await changing('1')];
    const [first = '', second = '', third = ''] = runs;
    expect(await take(third, '1')).toEqual({ kind: 'busy', activationId: first });
    expect(await take(first, '1')).toMatchObject({ kind: 'taken' });
    expect(await take(second, '1')).toEqual({ kind: 'busy', activationId: first });
    await end(first);
    expect(await take(third, '1')).toEqual({ kind: 'busy', activationId: second });
    expect(await take(second, '1')).toMatchObject({ kind: 'taken' });
  });

  it.each(['completed', 'failed', 'canceled'])('is given up by a run that is %s', async (phase) => {
    const audienceId = `of ${phase}`;
    const [first, second] = [await changing(audienceId), await changing(audienceId)];
    await take(first, audienceId);
    await end(first, phase);
    expect(await take(second, audienceId)).toMatchObject({ kind: 'taken' });
  });

  it('stays with the run that has it when an earlier one turns up', async () => {
    const [early, late] = [await changing('2'), await changing('2')];
    await end(early);
    await take(late, '2');
    await db.updateTable('activations').set({ finished_at: null }).where('id', '=', early).execute();
    expect(await take(early, '2')).toEqual({ kind: 'busy', activationId: late });
    expect(await take(late, '2')).toMatchObject({ kind: 'taken' });
  });

  it('stays with the run that has it when another one counts as accepted earlier, by a clock that was put right', async () => {
    const first = await changing('7');
    await take(first, '7');
    const second = await changing('7');
    await db
      .updateTable('activations')
      .set({ created_at: new Date(Date.now() + 3 * 3_600_000) })
      .where('id', '=', first)
      .execute();
    expect(await take(second, '7')).toEqual({ kind: 'busy', activationId: first });
    expect(await take(first, '7')).toMatchObject({ kind: 'taken' });
  });

  it('is taken by one of many at the same moment, and keeps its time when it is asked for again', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => changing('3')));
    const turns = await Promise.all(runs.map((id) => take(id, '3')));
    expect(turns.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    await db
      .updateTable('audience_turns')
      .set({ taken_at: new Date(Date.now() - 60_000) })
      .where('audience_id', '=', '3')
      .execute();
    const owner = runs[turns.findIndex(({ kind }) => kind === 'taken')] ?? '';
    const again = await take(owner, '3');
    expect(again.kind === 'taken' && again.waitedMs >= 59_000).toBe(true);
  });

  it('is not waited for because of a dry run or another audience, but because of the run that creates it', async () => {
    await changing('4', true);
    await changing('5');
    const run = await changing('4');
    expect(await take(run, '4')).toMatchObject({ kind: 'taken' });

    const creating = await newActivation(db, {
      uploadId,
      connectionId,
      request: { audience: { action: 'create' } },
    });
    await recordAudience(db, creating, { id: '6', state: 'processing', matched: null, words: null });
    expect(await take(await changing('6'), '6')).toEqual({ kind: 'busy', activationId: creating });
  });
});
