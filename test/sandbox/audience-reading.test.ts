import { describe, expect, it } from 'vitest';
import { BERLIN, DMP, emailFile, insideAudiences, NEW_YORK, signedInSandbox } from './running-sandbox.js';

const UNKNOWN = '999999999';

describe('get', () => {
  it('shows the details under the names that TikTok uses', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 20))]);
    expect((await client.audience(id)).audience_details).toEqual({
      audience_id: id,
      name: 'Spring buyers',
      type: 'Customer File Audience',
      audience_sub_type: 'NORMAL',
      calculate_type: 'EMAIL_SHA256',
      cover_num: 20,
      is_valid: true,
      is_expiring: false,
      expired_time: '2038-01-01 01:00:00',
      create_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      msg: null,
      error_msg: null,
      is_creator: true,
      shared: false,
      owner_id: BERLIN,
      is_auto_refresh: false,
      rule: '{"inclusions":null,"exclusions":null}',
      lookalike_spec: null,
      audience_enhancement: false,
      enhancement_status: 'OFF',
    });
  });

  it('shows the history, newest first, as much of it as asked for', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(`${emailFile(0, 20)}bad\n`)]);
    await client.audience(id);
    await client.admin('POST', 'clock', { advanceSeconds: 10 });
    await client.update(id, { custom_audience_name: 'Renamed' });
    const { audience_history } = await client.audience(id);
    expect(audience_history).toMatchObject([
      { action: 'rename', editor: 'open_api' },
      { action: 'create', editor: 'open_api', action_detail: '20', msg: '1 values could not be parsed.' },
    ]);
    const { data } = await client.get(`${DMP}get/`, {
      advertiser_id: BERLIN,
      custom_audience_ids: JSON.stringify([id]),
      history_size: '1',
    });
    expect(data).toMatchObject({ list: [{ audience_history: [{ action: 'rename' }] }] });
  });

  it('writes times in the zone of the advertiser, where list writes UTC', async () => {
    const client = await signedInSandbox();
    const ofNewYork = { advertiser_id: NEW_YORK };
    const id = await client.create([await client.upload(emailFile(0, 20), ofNewYork)], ofNewYork);
    const [inList] = (await client.list(ofNewYork)).list;
    const { audience_details } = await client.audience(id, NEW_YORK);
    expect(audience_details.expired_time).toBe('2037-12-31 19:00:00');
    expect(inList).toMatchObject({ expired_time: '2038-01-01 00:00:00' });
    const hours =
      (Date.parse(`${inList?.create_time}Z`) - Date.parse(`${audience_details.create_time}Z`)) / 3_600_000;
    expect([4, 5]).toContain(hours);
  });

  it('leaves out ids that are unknown or deleted', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 20))]);
    const query = { advertiser_id: BERLIN, custom_audience_ids: JSON.stringify([UNKNOWN, id]) };
    const answer = await client.get(`${DMP}get/`, query);
    expect(answer).toMatchObject({ code: 0, data: { list: [{ audience_details: { audience_id: id } }] } });
    await client.post(`${DMP}delete/`, { advertiser_id: BERLIN, custom_audience_ids: [id] });
    expect((await client.get(`${DMP}get/`, query)).data).toEqual({ list: [] });
  });

  it('takes its ids as JSON text only, 100 at most', async () => {
    const client = await signedInSandbox();
    for (const custom_audience_ids of ['1,2', '[]', JSON.stringify(Array.from({ length: 101 }, String))]) {
      const { code, message } = await client.get(`${DMP}get/`, {
        advertiser_id: BERLIN,
        custom_audience_ids,
      });
      expect([code, message]).toEqual([40002, 'Invalid value for field: custom_audience_ids.']);
    }
  });
});

describe('list', () => {
  it('pages through the audiences of one advertiser, newest first, ten at a time by default', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    const ids: string[] = [];
    for (let made = 0; made < 12; made += 1) ids.unshift(await client.create([filePath]));
    const first = await client.list();
    const second = await client.list({ page: '2' });
    expect(first.page_info).toEqual({ page: 1, page_size: 10, total_number: 12, total_page: 2 });
    expect([...first.list, ...second.list].map((audience) => audience.audience_id)).toEqual(ids);
    expect((await client.list({ page: '3' })).list).toEqual([]);
    expect((await client.list({ advertiser_id: NEW_YORK })).page_info).toMatchObject({
      total_number: 0,
      total_page: 0,
    });
    expect((await client.list({ custom_audience_ids: JSON.stringify(ids.slice(0, 2)) })).list).toHaveLength(
      2,
    );
  });

  it('shows exactly the fields that TikTok shows there', async () => {
    const client = await signedInSandbox();
    await client.create([await client.upload(emailFile(0, 20))]);
    const [audience] = (await client.list()).list;
    expect(Object.keys(audience ?? {}).sort()).toEqual(
      'audience_id audience_type calculate_type cover_num create_time expired_time is_creator is_expiring is_valid name shared'.split(
        ' ',
      ),
    );
  });
});

describe('retention', () => {
  it('ends an audience after its days: size 0, and only deleting works', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    const id = await client.create([filePath], { retention_in_days: 61 });
    expect((await client.audience(id)).audience_details).toMatchObject({
      is_valid: true,
      is_expiring: false,
    });
    await client.admin('POST', 'clock', { advanceSeconds: 2 * 86_400 });
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: true, is_expiring: true });
    await client.admin('POST', 'clock', { advanceSeconds: 59 * 86_400 });
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: false, cover_num: 0 });
    expect((await client.inside(id)).state).toBe('expired');
    expect((await client.update(id, { custom_audience_name: 'x' })).code).toBe(40002);
    expect(
      (await client.post(`${DMP}delete/`, { advertiser_id: BERLIN, custom_audience_ids: [id] })).code,
    ).toBe(0);
  });
});

describe('a test', () => {
  it('lets an audience expire at once, whatever its retention', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 20))]);
    expect(await client.admin('POST', `audiences/${id}/expire`)).toMatchObject({ state: 'expired' });
    const { audience_details } = await client.audience(id);
    expect(audience_details).toMatchObject({ is_valid: false, cover_num: 0 });
    expect(audience_details.expired_time < '2038').toBe(true);
    await expect(client.admin('POST', `audiences/${UNKNOWN}/expire`)).rejects.toThrow('404');
  });
});

describe('delete', () => {
  it('deletes all that are named, or none when one is unknown', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 20))]);
    const remove = (ids: string[]) =>
      client.post(`${DMP}delete/`, { advertiser_id: BERLIN, custom_audience_ids: ids });
    expect((await remove([id, UNKNOWN])).code).toBe(40007);
    expect(insideAudiences.parse(await client.admin('GET', 'audiences'))).toHaveLength(1);
    expect((await remove([id])).data).toEqual({});
    expect(await client.admin('GET', 'audiences')).toEqual([]);
  });
});
