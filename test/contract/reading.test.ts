import { expect } from 'vitest';
import { z } from 'zod';
import { DMP, emailFile, NEW_YORK, type SandboxClient } from '../sandbox/running-sandbox.js';
import { contract, ENOUGH, finishProcessing } from './facts.js';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** Names and types of the fields, nothing more and nothing less. */
const DETAILS = z.strictObject({
  audience_id: z.string().regex(/^\d+$/),
  name: z.string(),
  type: z.literal('Customer File Audience'),
  audience_sub_type: z.enum(['NORMAL', 'REACH_FREQUENCY']),
  calculate_type: z.string().nullable(),
  cover_num: z.number(),
  is_valid: z.boolean(),
  is_expiring: z.boolean(),
  expired_time: z.string().regex(TIME),
  create_time: z.string().regex(TIME),
  msg: z.string().nullable(),
  error_msg: z.string().nullable(),
  is_creator: z.boolean(),
  shared: z.boolean(),
  owner_id: z.string(),
  is_auto_refresh: z.boolean(),
  rule: z.string(),
  lookalike_spec: z.null(),
  audience_enhancement: z.boolean(),
  enhancement_status: z.string(),
});
const HISTORY = z.strictObject({
  action: z.string(),
  action_detail: z.string(),
  editor: z.string(),
  msg: z.string().nullable(),
  opt_time: z.string().regex(TIME),
});
const LISTED = z.strictObject({
  audience_id: z.string().regex(/^\d+$/),
  name: z.string(),
  audience_type: z.literal('Customer File Audience'),
  calculate_type: z.string().nullable(),
  cover_num: z.number(),
  is_valid: z.boolean(),
  is_expiring: z.boolean(),
  expired_time: z.string().regex(TIME),
  create_time: z.string().regex(TIME),
  is_creator: z.boolean(),
  shared: z.boolean(),
});

async function made(client: SandboxClient): Promise<string> {
  return client.create([await client.upload(emailFile(0, ENOUGH))]);
}

function ids(count: number): string {
  return JSON.stringify(Array.from({ length: count }, (_, n) => String(900_000_000 + n)));
}

contract('get', ({ fact, sandboxFact }) => {
  const get = (client: SandboxClient, query: Record<string, string>) =>
    client.get(`${DMP}get/`, { advertiser_id: client.advertiser, ...query });

  fact(
    'shows audience_details and audience_history under TikTok’s names',
    'O, OC, OBS: SDK-YML, REF, NANGO',
    async (client) => {
      const id = await made(client);
      const { data } = await get(client, { custom_audience_ids: JSON.stringify([id]) });
      const item = z.strictObject({ audience_details: DETAILS, audience_history: z.array(HISTORY).min(1) });
      expect(z.strictObject({ list: z.array(item).length(1) }).safeParse(data).error).toBeUndefined();
    },
  );

  fact('shows rule as JSON text', 'OBS: NANGO', async (client) => {
    const { audience_details } = await client.audience(await made(client));
    expect(JSON.parse(z.string().parse(audience_details['rule']))).toEqual({
      inclusions: null,
      exclusions: null,
    });
  });

  fact('shows who made it, and that it was made through the API', 'OBS: NANGO', async (client) => {
    const { audience_details, audience_history } = await client.audience(await made(client));
    expect(audience_details).toMatchObject({ is_creator: true, shared: false, owner_id: client.advertiser });
    expect(audience_history.at(-1)).toMatchObject({ action: 'create', editor: 'open_api' });
  });

  fact('takes 1 to 100 ids and 1 to 100 entries of history', 'O: SDK-YML', async (client) => {
    expect((await get(client, { custom_audience_ids: ids(100) })).code).toBe(0);
    for (const custom_audience_ids of [ids(0), ids(101)]) {
      expect((await get(client, { custom_audience_ids })).code).not.toBe(0);
    }
    for (const history_size of ['0', '101']) {
      expect((await get(client, { custom_audience_ids: ids(1), history_size })).code).toBe(40002);
    }
    const id = await made(client);
    await client.update(id, { custom_audience_name: 'Renamed' });
    const { data } = await get(client, { custom_audience_ids: JSON.stringify([id]), history_size: '1' });
    expect(data).toMatchObject({ list: [{ audience_history: [expect.anything()] }] });
  });

  sandboxFact('is valid only when processed', 'O: SDK-YML', async (client) => {
    const id = await made(client);
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: false, error_msg: null });
    await finishProcessing(client);
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: true, cover_num: ENOUGH });
  });

  sandboxFact(
    'writes times in the advertiser’s zone, where list writes UTC',
    'OBS: NANGO',
    async (client) => {
      const theirs = { advertiser_id: NEW_YORK };
      const id = await client.create([await client.upload(emailFile(0, ENOUGH), theirs)], theirs);
      const { audience_details } = await client.audience(id, NEW_YORK);
      const [listed] = (await client.list(theirs)).list;
      expect(audience_details.expired_time).toBe('2037-12-31 19:00:00');
      expect(listed).toMatchObject({ expired_time: '2038-01-01 00:00:00' });
      const hours = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`) / 3_600_000;
      const shift = hours(listed?.create_time ?? '') - hours(audience_details.create_time);
      expect([4, 5]).toContain(shift);
    },
  );
});

contract('list', ({ fact }) => {
  fact('shows each audience under TikTok’s names', 'OC, OBS: REF, NANGO', async (client) => {
    await made(client);
    const { data } = await client.get(`${DMP}list/`, { advertiser_id: client.advertiser, page_size: '1' });
    const page_info = z.strictObject({
      page: z.literal(1),
      page_size: z.literal(1),
      total_number: z.int().min(1),
      total_page: z.int().min(1),
    });
    const page = z.strictObject({ list: z.array(LISTED).length(1), page_info });
    expect(page.safeParse(data).error).toBeUndefined();
  });

  fact(
    'shows an end of 2038-01-01 00:00:00 UTC where no retention was asked for',
    'OBS: NANGO',
    async (client) => {
      const id = await made(client);
      const { list } = await client.list({ custom_audience_ids: JSON.stringify([id]) });
      expect(list).toMatchObject([{ audience_id: id, expired_time: '2038-01-01 00:00:00' }]);
    },
  );

  fact('is the newest first', 'OBS: NANGO', async (client) => {
    const older = await made(client);
    const newer = await made(client);
    const { list } = await client.list({ custom_audience_ids: JSON.stringify([older, newer]) });
    expect(list.map((audience) => audience.audience_id)).toEqual([newer, older]);
  });

  fact('has 10 a page unless asked for 1 to 100, from page 1', 'O: SDK-YML', async (client) => {
    expect((await client.list()).page_info).toMatchObject({ page: 1, page_size: 10 });
    for (const wrong of [{ page: '0' }, { page_size: '0' }, { page_size: '101' }]) {
      const query = { advertiser_id: client.advertiser, ...wrong };
      expect((await client.get(`${DMP}list/`, query)).code).toBe(40002);
    }
  });

  fact('has its last page at total_page', 'OC: REF', async (client) => {
    const mine = [await made(client), await made(client), await made(client)];
    const custom_audience_ids = JSON.stringify(mine);
    const pages = [];
    for (const page of ['1', '2', '3']) {
      pages.push(await client.list({ custom_audience_ids, page, page_size: '2' }));
    }
    expect(pages.map(({ list }) => list.length)).toEqual([2, 1, 0]);
    expect(pages[0]?.page_info).toMatchObject({ total_number: 3, total_page: 2 });
  });
});

contract('delete', ({ fact }) => {
  fact('takes 1 to 100 ids and answers {}', 'O, OBS: SDK-YML, NANGO', async (client) => {
    const id = await made(client);
    const remove = (custom_audience_ids: readonly string[]) =>
      client.post(`${DMP}delete/`, { advertiser_id: client.advertiser, custom_audience_ids });
    expect((await remove([])).code).not.toBe(0);
    expect((await remove(JSON.parse(ids(101)))).code).not.toBe(0);
    expect(await remove([id])).toMatchObject({ code: 0, data: {} });
    expect((await client.list({ custom_audience_ids: JSON.stringify([id]) })).list).toEqual([]);
  });
});
