import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { ADVERTISER, APP_SECRET, rejectionOf, TOKEN } from './every-call.js';
import { type ScriptedServer, startScriptedServer, success } from './scripted-server.js';

const fields = {
  audience_id: '195365792',
  name: 'Buyers',
  audience_sub_type: 'NORMAL',
  calculate_type: 'EMAIL_SHA256',
  cover_num: 1234,
  is_valid: true,
  is_expiring: false,
  expired_time: '2038-01-01 00:00:00',
  create_time: '2026-05-26 11:05:31',
  is_creator: true,
  shared: false,
};
const summary = {
  audienceId: '195365792',
  name: 'Buyers',
  type: 'Customer File Audience',
  calculateType: 'EMAIL_SHA256',
  coverNum: 1234,
  isValid: true,
  isExpiring: false,
  isCreator: true,
  expiredTime: '2038-01-01 00:00:00',
};
const without = (name: string, record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([field]) => field !== name));

describe('the calls about audiences', () => {
  let server: ScriptedServer;
  let client: TikTokClient;
  beforeAll(async () => {
    server = await startScriptedServer();
    client = createTikTokClient({
      apiUrl: server.apiUrl,
      appId: '7000000000000000000',
      appSecret: APP_SECRET,
    });
  });
  afterAll(() => server.close());
  beforeEach(() => server.forget());
  const sent = () => server.requests.map(({ body }) => JSON.parse(body.toString()));

  const wanted = {
    advertiserId: ADVERTISER,
    name: 'Käufer',
    filePaths: ['f19fa450136c460f'],
    calculateType: 'MULTIPLE_TYPES',
  };

  it('create one', async () => {
    server.reply({ json: success({ custom_audience_id: '195365792' }) });
    expect(await client.createAudience(TOKEN, wanted)).toEqual({
      audienceId: '195365792',
      requestId: '2026052619053192C958E205C050714A1F',
      warning: null,
    });
    await client.createAudience(TOKEN, { ...wanted, retentionInDays: 180 });
    const common = {
      advertiser_id: ADVERTISER,
      custom_audience_name: 'Käufer',
      file_paths: ['f19fa450136c460f'],
      calculate_type: 'MULTIPLE_TYPES',
    };
    expect(sent()).toEqual([common, { ...common, retention_in_days: 180 }]);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/open_api/v1.3/dmp/custom_audience/create/',
    });
    expect(server.requests[0]?.headers['access-token']).toBe(TOKEN);
  });

  it('tell a success in part as a success with a warning', async () => {
    server.reply({
      json: {
        code: 20001,
        message: 'Some files were not used.',
        request_id: 'r',
        data: { custom_audience_id: 195365792 },
      },
    });
    expect(await client.createAudience(TOKEN, wanted)).toEqual({
      audienceId: '195365792',
      requestId: 'r',
      warning: 'Some files were not used.',
    });
  });

  it('leave the outcome open when TikTok created one and did not say which', async () => {
    server.reply({ json: success({ audience_id: '195365792' }) });
    expect(await rejectionOf(client.createAudience(TOKEN, wanted))).toMatchObject({
      class: 'transient',
      message: expect.stringContaining('data.custom_audience_id'),
      details: { code: 0 },
    });
  });

  it.each(['APPEND', 'REMOVE', 'REPLACE'] as const)('%s files, always naming the action', async (action) => {
    server.reply({ json: success({}) });
    const update = {
      advertiserId: ADVERTISER,
      audienceId: '195365792',
      action,
      filePaths: ['f19fa450136c460f'],
    };
    expect(await client.updateAudience(TOKEN, update)).toMatchObject({ warning: null });
    expect(sent()).toEqual([
      {
        advertiser_id: ADVERTISER,
        custom_audience_id: '195365792',
        action,
        file_paths: ['f19fa450136c460f'],
      },
    ]);
    expect(server.requests[0]?.path).toBe('/open_api/v1.3/dmp/custom_audience/update/');
  });

  it('rename one without touching its files', async () => {
    server.reply({ json: { code: 0, message: 'OK' } });
    await client.renameAudience(TOKEN, { advertiserId: ADVERTISER, audienceId: '195365792', name: 'New' });
    expect(sent()).toEqual([
      { advertiser_id: ADVERTISER, custom_audience_id: '195365792', custom_audience_name: 'New' },
    ]);
  });

  it('delete any number, a hundred in one call', async () => {
    server.reply({ json: success({}) });
    const ids = Array.from({ length: 150 }, (_, n) => String(195_000_000 + n));
    await client.deleteAudiences(TOKEN, ADVERTISER, ids);
    expect(sent().map((body) => body.custom_audience_ids.length)).toEqual([100, 50]);
    await client.deleteAudiences(TOKEN, ADVERTISER, []);
    expect(server.requests).toHaveLength(2);
  });

  it('get details and history, asking by a JSON array', async () => {
    server.reply({
      json: success({
        list: [
          {
            audience_details: {
              ...fields,
              type: 'Customer File Audience',
              msg: null,
              error_msg: 'too small',
              rule: '{"inclusions": null}',
              lookalike_spec: null,
            },
            audience_history: [
              {
                action: 'create',
                action_detail: '0',
                editor: 'open_api',
                msg: null,
                opt_time: '2026-05-26 11:05:31',
              },
              { action_detail: 12 },
            ],
          },
        ],
      }),
    });
    expect(await client.getAudiences(TOKEN, ADVERTISER, ['195365792', '195365793'])).toEqual([
      {
        ...summary,
        errorMessage: 'too small',
        message: null,
        history: [
          {
            action: 'create',
            detail: '0',
            editor: 'open_api',
            message: null,
            time: '2026-05-26 11:05:31',
          },
          { action: null, detail: '12', editor: null, message: null, time: null },
        ],
      },
    ]);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/open_api/v1.3/dmp/custom_audience/get/',
    });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      advertiser_id: ADVERTISER,
      custom_audience_ids: '["195365792","195365793"]',
    });
  });

  it('list a page', async () => {
    server.reply({
      json: success({
        list: [{ ...fields, audience_type: 'Customer File Audience' }],
        page_info: { page: 2, page_size: 100, total_number: 101, total_page: 2 },
      }),
    });
    expect(await client.listAudiences(TOKEN, ADVERTISER, 2)).toEqual({
      audiences: [summary],
      page: 2,
      totalPages: 2,
      total: 101,
    });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      advertiser_id: ADVERTISER,
      page: '2',
      page_size: '100',
    });
  });

  it.each(['audience_id', 'name', 'audience_type', 'cover_num', 'is_valid', 'is_expiring', 'is_creator'])(
    'refuse an answer without %s, and name the field',
    async (field) => {
      const listed = without(field, { ...fields, audience_type: 'Customer File Audience' });
      server.reply({
        json: success({ list: [listed], page_info: { page: 1, total_number: 1, total_page: 1 } }),
      });
      expect(await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1))).toMatchObject({
        class: 'invalid',
        message: expect.stringContaining(`data.list.0.${field}`),
      });
    },
  );

  it('do without the fields that TikTok sometimes leaves empty', async () => {
    const sparse = without('expired_time', { ...fields, calculate_type: null, type: 'Partner' });
    server.reply({ json: success({ list: [{ audience_details: sparse }] }) });
    expect(await client.getAudiences(TOKEN, ADVERTISER, ['195365792'])).toEqual([
      {
        ...summary,
        type: 'Partner',
        calculateType: null,
        expiredTime: null,
        errorMessage: null,
        message: null,
        history: [],
      },
    ]);
  });
});
