import { expect } from 'vitest';
import { DMP, emailFile, NEW_YORK, type SandboxClient, sha256 } from '../sandbox/running-sandbox.js';
import { contract, ENOUGH, finishProcessing } from './facts.js';

interface Call {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** As the SDK's OpenAPI fragments mark them. */
  readonly required: readonly string[];
  /** The permission-independent arguments of a call that is complete. */
  readonly complete: (client: SandboxClient) => Promise<Record<string, unknown>>;
}

async function ready(client: SandboxClient): Promise<string> {
  const id = await client.create([await client.upload(emailFile(0, 120))]);
  await finishProcessing(client);
  return id;
}

const SDK_CALLS: readonly Call[] = [
  {
    path: 'create/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_name', 'calculate_type', 'file_paths'],
    complete: async (client) => ({
      custom_audience_name: 'By the SDK',
      calculate_type: 'EMAIL_SHA256',
      file_paths: [await client.upload(emailFile(0, ENOUGH))],
    }),
  },
  {
    path: 'update/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_id'],
    complete: async (client) => ({ custom_audience_id: await ready(client), custom_audience_name: 'New' }),
  },
  {
    path: 'get/',
    method: 'GET',
    required: ['advertiser_id', 'custom_audience_ids'],
    complete: async (client) => ({ custom_audience_ids: [await ready(client)], history_size: 5 }),
  },
  {
    path: 'list/',
    method: 'GET',
    required: ['advertiser_id'],
    complete: async (client) => ({ custom_audience_ids: [await ready(client)], page: 1, page_size: 10 }),
  },
  {
    path: 'delete/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_ids'],
    complete: async (client) => ({ custom_audience_ids: [await ready(client)] }),
  },
  {
    path: 'apply/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_id', 'adgroup_ids', 'action_mode'],
    complete: async (client) => ({
      custom_audience_id: await ready(client),
      adgroup_ids: ['7100000000000000001'],
      action_mode: 'Apply',
      usage_mode: 'Exclude',
    }),
  },
  {
    path: 'apply/log/',
    method: 'GET',
    required: ['advertiser_id', 'custom_audience_ids'],
    complete: async (client) => ({ custom_audience_ids: [await ready(client)], timezone: 'Asia/Tokyo' }),
  },
  {
    path: 'share/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_ids', 'shared_advertiser_ids'],
    complete: async (client) => ({
      custom_audience_ids: [await ready(client)],
      shared_advertiser_ids: [NEW_YORK],
    }),
  },
  {
    path: 'share/cancel/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_id', 'shared_advertiser_id'],
    complete: async (client) => ({
      custom_audience_id: await ready(client),
      shared_advertiser_id: NEW_YORK,
    }),
  },
  {
    path: 'share/log/',
    method: 'GET',
    required: ['advertiser_id', 'custom_audience_id'],
    complete: async (client) => ({ custom_audience_id: await ready(client) }),
  },
  {
    path: 'lookalike/create/',
    method: 'POST',
    required: ['advertiser_id', 'custom_audience_name', 'lookalike_spec'],
    complete: async (client) => ({
      custom_audience_name: 'Alike',
      lookalike_spec: {
        source_audience_id: await ready(client),
        include_source: false,
        mobile_os: 'IOS',
        placements: ['TikTok'],
        location_ids: ['6252001'],
        audience_size: 'BALANCED',
      },
    }),
  },
];

/** As the SDK sends it: arrays of a query as JSON text, everything else of a query as plain text. */
function send(client: SandboxClient, call: Call, fields: Record<string, unknown>) {
  if (call.method === 'POST') return client.post(`${DMP}${call.path}`, fields);
  const query = Object.entries(fields).map(([name, value]) => [
    name,
    Array.isArray(value) ? JSON.stringify(value) : String(value),
  ]);
  return client.get(`${DMP}${call.path}`, Object.fromEntries(query));
}

contract('calls as the official SDK makes them', ({ sandboxFact }) => {
  for (const call of SDK_CALLS) {
    sandboxFact(`${call.path} needs ${call.required.join(', ')}`, 'O: SDK-YML, SDK-CODE', async (client) => {
      const fields = { advertiser_id: client.advertiser, ...(await call.complete(client)) };
      for (const field of call.required) {
        const { [field]: _left, ...without } = Object(fields);
        const { code, message } = await send(client, call, without);
        expect([field, code, message]).toEqual([field, 40002, `Missing required field(s): ${field}.`]);
      }
      expect(await send(client, call, fields)).toMatchObject({ code: 0, message: 'OK' });
    });
  }
});

contract('the other routes', ({ sandboxFact }) => {
  sandboxFact('apply/log shows who uses an audience', 'O: SDK-YML', async (client) => {
    const id = await ready(client);
    const use = { custom_audience_id: id, adgroup_ids: ['7100000000000000001'], action_mode: 'Apply' };
    const apply = { advertiser_id: client.advertiser, ...use };
    expect((await client.post(`${DMP}apply/`, apply)).code).toBe(40002);
    await client.post(`${DMP}apply/`, { ...apply, usage_mode: 'Include' });
    const query = { advertiser_id: client.advertiser, custom_audience_ids: JSON.stringify([id]) };
    expect((await client.get(`${DMP}apply/log/`, query)).data).toEqual({
      advertiser_id: client.advertiser,
      list: [
        {
          audience_id: id,
          adgroup_id: '7100000000000000001',
          adgroup_name: expect.any(String),
          usage_mode: 'Include',
          editor: expect.any(String),
          action_timestamp: expect.any(String),
        },
      ],
      page_info: { page: 1, page_size: 10, total_number: 1, total_page: 1 },
    });
  });

  sandboxFact('share takes ten audiences and ten advertisers at most', 'O: SDK-YML', async (client) => {
    const id = await ready(client);
    const share = (audiences: number, advertisers: number) =>
      client.post(`${DMP}share/`, {
        advertiser_id: client.advertiser,
        custom_audience_ids: Array(audiences).fill(id),
        shared_advertiser_ids: Array(advertisers).fill(NEW_YORK),
      });
    expect((await share(10, 10)).code).toBe(0);
    expect((await share(11, 1)).code).toBe(40002);
    expect((await share(1, 11)).code).toBe(40002);
  });

  sandboxFact(
    'lookalike/create wants a source of 100 people that is no lookalike',
    'O: SDK-YML',
    async (client) => {
      await client.admin('PATCH', 'settings', { minimumMatched: 100 });
      const call = SDK_CALLS.find(({ path }) => path === 'lookalike/create/');
      const fields = await call?.complete(client);
      const create = (spec: object) =>
        client.post(`${DMP}lookalike/create/`, {
          advertiser_id: client.advertiser,
          ...fields,
          lookalike_spec: { ...Object(fields?.['lookalike_spec']), ...spec },
        });
      const { data } = await create({});
      expect(data).toEqual({ custom_audience_id: expect.stringMatching(/^\d{9,}$/) });
      expect((await create({ source_audience_id: data['custom_audience_id'] })).code).toBe(40002);
      const small = await client.create([await client.upload(emailFile(0, 99))]);
      await finishProcessing(client);
      expect((await create({ source_audience_id: small })).code).toBe(40002);
      expect((await create({ audience_size: 'HUGE' })).code).toBe(40002);
    },
  );

  sandboxFact('segment/audience makes an audience of a name cut at 70, code 0', 'OC: REF', async (client) => {
    const make = { advertiser_id: client.advertiser, custom_audience_name: 'n'.repeat(71) };
    const { code, data } = await client.post('segment/audience/', make);
    expect(code).toBe(0);
    const { audience_details } = await client.audience(String(data['audience_id']));
    expect(audience_details).toMatchObject({ name: `${'n'.repeat(67)}...`, type: 'Partner' });
  });

  sandboxFact(
    'segment/mapping takes its schema in any order and case, without doubles',
    'OC: REF',
    async (client) => {
      const make = { advertiser_id: client.advertiser, custom_audience_name: 'Streamed' };
      const { data } = await client.post('segment/audience/', make);
      const cell = { id: sha256('x'), audience_ids: [data['audience_id']] };
      const map = (id_schema: readonly string[]) =>
        client.post('segment/mapping/', {
          advertiser_ids: [client.advertiser],
          id_schema,
          batch_data: [id_schema.map((_, index) => (index === 0 ? cell : {}))],
        });
      expect(await map(['PHONE_SHA256', 'email_sha256', 'AAID_MD5'])).toMatchObject({ code: 0, data: {} });
      expect((await map(['EMAIL_SHA256', 'email_sha256'])).code).toBe(40002);
      expect((await map(['MAID'])).code).toBe(40002);
    },
  );
});
