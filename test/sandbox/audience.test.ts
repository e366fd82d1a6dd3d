import { describe, expect, it } from 'vitest';
import { BERLIN, DMP, emailFile, NEW_YORK, signedInSandbox } from './running-sandbox.js';

const UNKNOWN = '999999999';

describe('a new audience', () => {
  it('has an id of nine digits that grows, and may share its name', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    const [first, second] = [await client.create([filePath]), await client.create([filePath])];
    expect(first).toMatch(/^\d{9}$/);
    expect(Number(second)).toBeGreaterThan(Number(first));
  });

  it('is processed as long as the settings say, by the clock of the sandbox', async () => {
    const client = await signedInSandbox({ processingSeconds: 3600 });
    const filePath = await client.upload(emailFile(0, 20));
    const id = await client.create([filePath]);
    expect(await client.inside(id)).toMatchObject({
      state: 'processing',
      members: 0,
      file_paths: [filePath],
    });
    expect((await client.audience(id)).audience_details).toMatchObject({
      is_valid: false,
      cover_num: 0,
      error_msg: null,
    });
    await client.admin('POST', 'clock', { advanceSeconds: 3600 });
    expect(await client.inside(id)).toMatchObject({
      state: 'ready',
      members: 20,
      matched: 20,
      file_paths: [filePath],
    });
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: true, cover_num: 20 });
  });

  it('of too few matched people is accepted, and turns out invalid with a reason', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 9))]);
    const { audience_details } = await client.audience(id);
    expect(audience_details).toMatchObject({ is_valid: false, cover_num: 0, error_msg: expect.any(String) });
    expect(await client.inside(id)).toMatchObject({ state: 'too_small', members: 9, matched: 9 });
  });

  it('of another type than its files turns out failed, or is refused when the settings say so', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    const id = await client.create([filePath], { calculate_type: 'PHONE_SHA256' });
    expect(await client.inside(id)).toMatchObject({
      state: 'failed',
      members: 0,
      operations: [{ state: 'failed' }],
    });
    expect((await client.audience(id)).audience_details).toMatchObject({
      is_valid: false,
      error_msg: expect.any(String),
    });
    await client.admin('PATCH', 'settings', { calculateTypeMismatch: 'refused' });
    expect((await client.tryCreate([filePath], { calculate_type: 'PHONE_SHA256' })).code).toBe(40002);
  });

  it('is refused when the advertiser has 400 already, until one is deleted', async () => {
    const client = await signedInSandbox({ processingSeconds: 3600 });
    const filePath = await client.upload(emailFile(0, 20));
    let id = '';
    for (let made = 0; made < 400; made += 1) id = await client.create([filePath]);
    expect((await client.tryCreate([filePath])).code).toBe(40002);
    await client.post(`${DMP}delete/`, { advertiser_id: BERLIN, custom_audience_ids: [id] });
    expect((await client.tryCreate([filePath])).code).toBe(0);
  });
});

describe('a change', () => {
  async function audienceOf20() {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 20))]);
    await client.audience(id);
    return { client, id };
  }

  it('APPEND adds what is not there yet', async () => {
    const { client, id } = await audienceOf20();
    const filePath = await client.upload(emailFile(10, 30));
    expect((await client.update(id, { action: 'APPEND', file_paths: [filePath] })).data).toEqual({});
    const inside = await client.inside(id);
    expect(inside).toMatchObject({ state: 'ready', members: 30, matched: 30 });
    expect(inside.operations.map(({ action, state }) => [action, state])).toEqual([
      ['CREATE', 'applied'],
      ['APPEND', 'applied'],
    ]);
    expect(inside.file_paths).toEqual(inside.operations.flatMap((operation) => operation.file_paths));
  });

  it('REMOVE drops what coincides', async () => {
    const { client, id } = await audienceOf20();
    await client.update(id, { action: 'REMOVE', file_paths: [await client.upload(emailFile(15, 100))] });
    expect(await client.inside(id)).toMatchObject({ state: 'ready', members: 15, matched: 15 });
  });

  it('without an action replaces everything, keeping the id', async () => {
    const { client, id } = await audienceOf20();
    await client.update(id, { file_paths: [await client.upload(emailFile(100, 111))] });
    const inside = await client.inside(id);
    expect(inside).toMatchObject({ audience_id: id, members: 11, matched: 11 });
    expect(inside.operations.at(-1)?.action).toBe('REPLACE');
  });

  it('that would leave too few people fails later and leaves the content as it was', async () => {
    const { client, id } = await audienceOf20();
    const filePath = await client.upload(emailFile(0, 15));
    expect((await client.update(id, { action: 'REMOVE', file_paths: [filePath] })).code).toBe(0);
    const inside = await client.inside(id);
    expect(inside).toMatchObject({ state: 'ready', members: 20, matched: 20 });
    expect(inside.operations.at(-1)?.state).toBe('failed');
    expect(inside.file_paths).not.toContain(filePath);
    const { audience_details, audience_history } = await client.audience(id);
    expect(audience_details).toMatchObject({ is_valid: true, cover_num: 20, error_msg: expect.any(String) });
    expect(audience_history[0]).toMatchObject({ action: 'remove', msg: expect.any(String) });

    await client.update(id, { action: 'APPEND', file_paths: [await client.upload(emailFile(20, 25))] });
    expect((await client.audience(id)).audience_details).toMatchObject({ cover_num: 25, error_msg: null });
  });

  it('of the files is refused while another is processed, one of the name is not', async () => {
    const client = await signedInSandbox({ processingSeconds: 60 });
    const filePath = await client.upload(emailFile(0, 20));
    const id = await client.create([filePath]);
    expect(await client.update(id, { action: 'APPEND', file_paths: [filePath] })).toMatchObject({
      code: 40002,
      message: 'Audience is not editable, please check audience status',
    });
    expect((await client.update(id, { custom_audience_name: 'Renamed' })).code).toBe(0);
    expect((await client.audience(id)).audience_details).toMatchObject({ name: 'Renamed', is_valid: false });
    await client.admin('POST', 'clock', { advanceSeconds: 60 });
    expect((await client.update(id, { action: 'APPEND', file_paths: [filePath] })).code).toBe(0);
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: false, cover_num: 20 });
  });

  it('of the files is refused for an audience that ended too small', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 5));
    const id = await client.create([filePath]);
    expect((await client.update(id, { action: 'APPEND', file_paths: [filePath] })).code).toBe(40002);
  });

  it('without name and files is refused, as is one of an unknown or someone else’s audience', async () => {
    const { client, id } = await audienceOf20();
    expect((await client.update(id, {})).code).toBe(40002);
    expect((await client.update(id, { action: 'ADD' })).code).toBe(40002);
    expect((await client.update(UNKNOWN, { custom_audience_name: 'x' })).code).toBe(40007);
    expect((await client.update(id, { advertiser_id: NEW_YORK, custom_audience_name: 'x' })).code).toBe(
      40007,
    );
  });

  it('to REACH_FREQUENCY ignores everything else in the call', async () => {
    const { client, id } = await audienceOf20();
    await client.update(id, { audience_sub_type: 'REACH_FREQUENCY', custom_audience_name: 'ignored' });
    expect((await client.audience(id)).audience_details).toMatchObject({
      audience_sub_type: 'REACH_FREQUENCY',
      name: 'Spring buyers',
    });
  });
});
