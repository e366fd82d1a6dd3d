import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BERLIN, DMP, emailFile, knownEmail, NEW_YORK, sha256, signedInSandbox } from './running-sandbox.js';

async function audienceOf20(minimumMatched = 10) {
  const client = await signedInSandbox({ minimumMatched });
  const id = await client.create([await client.upload(emailFile(0, 20))]);
  await client.audience(id);
  return { client, id };
}

describe('a shared audience', () => {
  it('is seen by the other advertiser, who did not create it and cannot change it', async () => {
    const { client, id } = await audienceOf20();
    const share = { advertiser_id: BERLIN, custom_audience_ids: [id], shared_advertiser_ids: [NEW_YORK] };
    expect((await client.post(`${DMP}share/`, share)).data).toEqual({});
    expect((await client.audience(id, NEW_YORK)).audience_details).toMatchObject({
      is_creator: false,
      shared: true,
      owner_id: BERLIN,
    });
    expect((await client.list({ advertiser_id: NEW_YORK })).list).toMatchObject([
      { audience_id: id, is_creator: false },
    ]);
    const filePath = await client.upload(emailFile(0, 30), { advertiser_id: NEW_YORK });
    const change = { advertiser_id: NEW_YORK, action: 'APPEND', file_paths: [filePath] };
    expect((await client.update(id, change)).code).toBe(40001);
    const log = { advertiser_id: BERLIN, custom_audience_id: id };
    expect((await client.get(`${DMP}share/log/`, log)).data).toEqual({
      list: [
        {
          custom_audience_id: id,
          shared_advertiser_id: NEW_YORK,
          shared_advertiser_name: 'Second Advertiser',
          status: 'SHARED',
        },
      ],
    });
    await client.post(`${DMP}share/cancel/`, { ...log, shared_advertiser_id: NEW_YORK });
    expect((await client.list({ advertiser_id: NEW_YORK })).list).toEqual([]);
  });

  it('needs permission 32', async () => {
    const { client, id } = await audienceOf20();
    await client.admin('POST', 'scopes', { remove: ['32'] });
    const log = { advertiser_id: BERLIN, custom_audience_id: id };
    expect((await client.get(`${DMP}share/log/`, log)).code).toBe(40001);
  });
});

describe('the use of an audience', () => {
  it('is logged, and keeps it from expiring after a year', async () => {
    const { client, id } = await audienceOf20();
    const unused = await client.create([await client.upload(emailFile(0, 20))]);
    const apply = { advertiser_id: BERLIN, custom_audience_id: id, adgroup_ids: ['7100000000000000001'] };
    expect((await client.post(`${DMP}apply/`, { ...apply, action_mode: 'Apply' })).message).toContain(
      'usage_mode',
    );
    const use = { ...apply, action_mode: 'Apply', usage_mode: 'Include' };
    expect((await client.post(`${DMP}apply/`, use)).data).toEqual({});
    const log = { advertiser_id: BERLIN, custom_audience_ids: JSON.stringify([id, unused]) };
    expect((await client.get(`${DMP}apply/log/`, log)).data).toMatchObject({
      advertiser_id: BERLIN,
      list: [
        { audience_id: id, adgroup_id: '7100000000000000001', usage_mode: 'Include', editor: 'open_api' },
      ],
      page_info: { page: 1, page_size: 10, total_number: 1, total_page: 1 },
    });
    await client.admin('POST', 'clock', { advanceSeconds: 310 * 86_400 });
    expect((await client.audience(unused)).audience_details).toMatchObject({ is_expiring: true });
    await client.admin('POST', 'clock', { advanceSeconds: 60 * 86_400 });
    expect((await client.inside(unused)).state).toBe('expired');
    expect((await client.inside(id)).state).toBe('ready');
    await client.post(`${DMP}apply/`, { ...apply, action_mode: 'Disconnect' });
    await client.admin('POST', 'clock', { advanceSeconds: 366 * 86_400 });
    expect((await client.inside(id)).state).toBe('expired');
  });
});

describe('a lookalike audience', () => {
  it('grows from a source of some size, and is no customer file', async () => {
    const { client, id } = await audienceOf20();
    const create = (source_audience_id: string) =>
      client.post(`${DMP}lookalike/create/`, {
        advertiser_id: BERLIN,
        custom_audience_name: 'Like them',
        lookalike_spec: {
          source_audience_id,
          include_source: true,
          mobile_os: 'ALL',
          placements: ['TikTok'],
          location_ids: ['6252001'],
          audience_size: 'NARROW',
        },
      });
    const alike = z.string().parse((await create(id)).data['custom_audience_id']);
    expect((await client.audience(alike)).audience_details).toMatchObject({
      type: 'Lookalike Audience',
      is_valid: true,
      cover_num: 220,
      calculate_type: null,
      lookalike_spec: { source_audience_id: id },
    });
    expect((await create(alike)).code).toBe(40002);
    const filePath = await client.upload(emailFile(0, 20));
    expect((await client.update(alike, { action: 'APPEND', file_paths: [filePath] })).code).toBe(40002);
  });
});

describe('the streaming API', () => {
  it('makes an audience of type Partner, cuts long names, and takes users in and out', async () => {
    const client = await signedInSandbox();
    const made = await client.post('segment/audience/', {
      advertiser_id: BERLIN,
      custom_audience_name: 'n'.repeat(71),
    });
    const id = z.string().parse(made.data['audience_id']);
    const map = (from: number, to: number, action?: string) =>
      client.post('segment/mapping/', {
        advertiser_ids: [BERLIN],
        ...(action === undefined ? {} : { action }),
        id_schema: ['email_sha256', 'IDFA_SHA256'],
        batch_data: Array.from({ length: to - from }, (_, index) => [
          { id: sha256(knownEmail(from + index)), audience_ids: [id] },
          {},
        ]),
      });
    expect((await map(0, 15)).data).toEqual({});
    await map(15, 20);
    await map(10, 12, 'delete');
    expect((await client.audience(id)).audience_details).toMatchObject({
      name: `${'n'.repeat(67)}...`,
      type: 'Partner',
      calculate_type: 'MULTIPLE_TYPES',
      cover_num: 18,
    });
    expect(await client.inside(id)).toMatchObject({ members: 18, state: 'ready' });
    const doubled = {
      advertiser_ids: [BERLIN],
      id_schema: ['EMAIL_SHA256', 'EMAIL_SHA256'],
      batch_data: [[{}, {}]],
    };
    expect((await client.post('segment/mapping/', doubled)).code).toBe(40002);
    const gone = { advertiser_id: BERLIN, action: 'delete', delete_audience_id: id };
    expect((await client.post('segment/audience/', gone)).code).toBe(0);
    expect(await client.admin('GET', 'audiences')).toEqual([]);
  });
});

describe('create with a wrong path', () => {
  it('makes an audience that fails and that update mends, when the settings say so', async () => {
    const client = await signedInSandbox({ badFilePath: 'operation_fails' });
    const id = await client.create(['f'.repeat(16)]);
    expect((await client.audience(id)).audience_details).toMatchObject({
      is_valid: false,
      error_msg: expect.any(String),
    });
    const filePath = await client.upload(emailFile(0, 20));
    expect((await client.update(id, { file_paths: [filePath] })).code).toBe(0);
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: true, error_msg: null });
  });
});
