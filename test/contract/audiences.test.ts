import { expect } from 'vitest';
import { z } from 'zod';
import { BERLIN, DMP, emailFile, type SandboxClient, sha256 } from '../sandbox/running-sandbox.js';
import { contract, ENOUGH, finishProcessing } from './facts.js';

const NOT_EDITABLE = { code: 40002, message: 'Audience is not editable, please check audience status' };
const HASHES = ['IDFA', 'GAID', 'FIRST'].flatMap((device) => [`${device}_SHA256`, `${device}_MD5`]);

async function readyAudience(client: SandboxClient, size = ENOUGH): Promise<string> {
  const id = await client.create([await client.upload(emailFile(0, size))]);
  await finishProcessing(client);
  return id;
}

contract('create', ({ fact, sandboxFact }) => {
  fact(
    'answers with custom_audience_id, a string of 9 digits or more',
    'O, OBS: SDK-YML, NANGO',
    async (client) => {
      const filePath = await client.upload(emailFile(0, ENOUGH));
      const { code, message, data } = await client.tryCreate([filePath]);
      const { custom_audience_id } = z.strictObject({ custom_audience_id: z.string() }).parse(data);
      client.created.push(custom_audience_id);
      expect([code, message]).toEqual([0, 'OK']);
      expect(custom_audience_id).toMatch(/^\d{9,19}$/);
    },
  );

  for (const calculate_type of ['EMAIL_SHA256', 'PHONE_SHA256', 'MULTIPLE_TYPES', ...HASHES]) {
    fact(`takes calculate_type ${calculate_type}`, 'O: SDK-YML', async (client) => {
      const digest = calculate_type.endsWith('MD5') ? sha256('x').slice(0, 32) : sha256('x');
      const content = calculate_type === 'MULTIPLE_TYPES' ? `MAID_SHA256\n${digest}\n` : `${digest}\n`;
      const filePath = await client.upload(content, { calculate_type });
      await client.create([filePath], { calculate_type });
    });
  }

  fact('knows no MAID_* types, though the upload does', 'O: SDK-YML', async (client) => {
    const filePath = await client.upload(`${sha256('x')}\n`, { calculate_type: 'MAID_SHA256' });
    for (const calculate_type of ['MAID_SHA256', 'MAID_MD5']) {
      expect((await client.tryCreate([filePath], { calculate_type })).code).toBe(40002);
    }
    await client.create([filePath], { calculate_type: 'FIRST_SHA256' });
  });

  fact(
    'has names of 1 to 128 characters, 1 to 500 paths of 16, 1 to 365 days',
    'O: SDK-YML',
    async (client) => {
      const filePath = await client.upload(emailFile(0, ENOUGH));
      const wrong: Record<string, unknown>[] = [
        { custom_audience_name: '' },
        { custom_audience_name: 'n'.repeat(129) },
        { file_paths: [] },
        { file_paths: [filePath.slice(1)] },
        { file_paths: Array(501).fill(filePath) },
        { retention_in_days: 0 },
        { retention_in_days: 366 },
        { audience_sub_type: 'ODD' },
      ];
      for (const change of wrong) expect((await client.tryCreate([filePath], change)).code).toBe(40002);
      await client.create([filePath], {
        custom_audience_name: 'n'.repeat(128),
        retention_in_days: 365,
        audience_sub_type: 'REACH_FREQUENCY',
        audience_enhancement: false,
      });
    },
  );

  fact('does not ask for different names', 'OBS: NANGO', async (client) => {
    const filePath = await client.upload(emailFile(0, ENOUGH));
    const ids = [await client.create([filePath]), await client.create([filePath])];
    expect((await client.list()).list.map((each) => each.audience_id)).toEqual(expect.arrayContaining(ids));
  });

  fact('takes a tiny list at once, which is not valid', 'OBS: NANGO', async (client) => {
    const id = await client.create([await client.upload(emailFile(0, 1))]);
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: false, cover_num: 0 });
  });

  sandboxFact(
    'of fewer people than the minimum turns out not valid, of size 0',
    'O, OC: HELP-HOWTO',
    async (client) => {
      const id = await readyAudience(client, 9);
      const { audience_details } = await client.audience(id);
      expect(audience_details).toMatchObject({ is_valid: false, cover_num: 0 });
    },
  );

  sandboxFact(
    'of another type than its files gives no id or an audience that is never valid',
    'O: SDK-YML',
    async (client) => {
      const filePath = await client.upload(emailFile(0, ENOUGH));
      const id = await client.create([filePath], { calculate_type: 'PHONE_SHA256' });
      await finishProcessing(client);
      expect((await client.audience(id)).audience_details.is_valid).toBe(false);
      await client.admin('PATCH', 'settings', { calculateTypeMismatch: 'refused' });
      expect((await client.tryCreate([filePath], { calculate_type: 'PHONE_SHA256' })).code).not.toBe(0);
    },
  );

  sandboxFact('takes a wrong path, which update corrects', 'OC: MD-CREATE', async (client) => {
    await client.admin('PATCH', 'settings', { badFilePath: 'operation_fails' });
    const id = await client.create(['0123456789abcdef']);
    await finishProcessing(client);
    const file_paths = [await client.upload(emailFile(0, ENOUGH))];
    expect((await client.update(id, { action: 'REPLACE', file_paths })).code).toBe(0);
    await finishProcessing(client);
    expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: true, cover_num: ENOUGH });
  });

  sandboxFact('refuses a path that does not exist: 40905', 'O: SDK-CODE', async (client) => {
    expect((await client.tryCreate(['0123456789abcdef'])).code).toBe(40905);
  });

  sandboxFact('is possible 400 times an advertiser', 'OC: MD-CREATE', async (client) => {
    const filePath = await client.upload(emailFile(0, 1));
    for (let made = 0; made < 400; made += 50) {
      await Promise.all(Array.from({ length: 50 }, () => client.create([filePath])));
    }
    expect((await client.tryCreate([filePath])).code).not.toBe(0);
    expect((await client.list({ page_size: '1' })).page_info.total_number).toBe(400);
  });
});

contract('update', ({ fact, sandboxFact }) => {
  fact('wants a name or files', 'O: SDK-YML', async (client) => {
    const id = await client.create([await client.upload(emailFile(0, ENOUGH))]);
    expect((await client.update(id, {})).code).toBe(40002);
  });

  fact('renames an audience that was just created, and answers {}', 'OC, OBS: REF, NANGO', async (client) => {
    const id = await client.create([await client.upload(emailFile(0, ENOUGH))]);
    expect(await client.update(id, { custom_audience_name: 'Renamed' })).toMatchObject({ code: 0, data: {} });
    expect((await client.audience(id)).audience_details.name).toBe('Renamed');
  });

  fact('knows the actions APPEND, REMOVE and REPLACE', 'O: SDK-YML', async (client) => {
    const filePath = await client.upload(emailFile(0, ENOUGH));
    const id = await client.create([filePath]);
    expect((await client.update(id, { action: 'ADD', file_paths: [filePath] })).code).toBe(40002);
  });

  fact('is refused for the files of an audience that is being processed', 'OC: AE errors', async (client) => {
    const filePath = await client.upload(emailFile(0, ENOUGH));
    const id = await client.create([filePath]);
    expect(await client.update(id, { action: 'APPEND', file_paths: [filePath] })).toMatchObject(NOT_EDITABLE);
  });

  sandboxFact('is refused for the files of an audience of size 0', 'OC: AE errors', async (client) => {
    const id = await readyAudience(client, 5);
    const file_paths = [await client.upload(emailFile(0, ENOUGH))];
    expect(await client.update(id, { action: 'APPEND', file_paths })).toMatchObject(NOT_EDITABLE);
  });

  const members = async (client: SandboxClient, change: Record<string, unknown>): Promise<number> => {
    const id = await readyAudience(client);
    const file_paths = [await client.upload(emailFile(15, 35))];
    expect((await client.update(id, { file_paths, ...change })).data).toEqual({});
    await finishProcessing(client);
    const { audience_details } = await client.audience(id);
    expect(audience_details).toMatchObject({ audience_id: id, is_valid: true });
    return audience_details.cover_num;
  };

  sandboxFact('APPEND adds only who is not there yet', 'O: SDK-YML, HELP-MANAGE', async (client) => {
    expect(await members(client, { action: 'APPEND' })).toBe(35);
  });
  sandboxFact('REMOVE drops only who coincides', 'O: SDK-YML, HELP-MANAGE', async (client) => {
    expect(await members(client, { action: 'REMOVE' })).toBe(15);
  });
  sandboxFact('REPLACE swaps all, and keeps the id', 'O: SDK-YML, HELP-MANAGE', async (client) => {
    expect(await members(client, { action: 'REPLACE' })).toBe(20);
  });
  sandboxFact('without an action REPLACES', 'O: SDK-YML', async (client) => {
    expect(await members(client, {})).toBe(20);
  });

  for (const action of ['REMOVE', 'REPLACE', 'APPEND']) {
    sandboxFact(`${action} fails when fewer than the minimum would be left`, 'O: SDK-YML', async (client) => {
      const id = await readyAudience(client);
      if (action === 'APPEND') await client.admin('PATCH', 'settings', { minimumMatched: 40 });
      const file_paths = [await client.upload(action === 'REPLACE' ? emailFile(0, 5) : emailFile(0, 15))];
      await client.update(id, { action, file_paths });
      await finishProcessing(client);
      const { audience_details, audience_history } = await client.audience(id);
      expect(audience_details).toMatchObject({ cover_num: ENOUGH, error_msg: expect.any(String) });
      expect(audience_history[0]?.msg).toEqual(expect.any(String));
    });
  }

  sandboxFact('to REACH_FREQUENCY ignores all else in the call', 'O: SDK-YML', async (client) => {
    const id = await readyAudience(client);
    const change = { audience_sub_type: 'REACH_FREQUENCY', custom_audience_name: 'Ignored' };
    expect((await client.update(id, change)).code).toBe(0);
    const { audience_details } = await client.audience(id);
    expect(audience_details).toMatchObject({ audience_sub_type: 'REACH_FREQUENCY', name: 'Spring buyers' });
    expect((await client.update(id, { audience_sub_type: 'NORMAL' })).code).toBe(40002);
  });
});

contract('the life of an audience', ({ sandboxFact }) => {
  const day = 86_400;

  sandboxFact(
    'ends as many days after its creation as were asked for, whatever is changed',
    'O: SDK-YML',
    async (client) => {
      const id = await client.create([await client.upload(emailFile(0, ENOUGH))], { retention_in_days: 90 });
      await client.admin('POST', 'clock', { advanceSeconds: 20 * day });
      expect((await client.audience(id)).audience_details).toMatchObject({
        is_valid: true,
        is_expiring: false,
      });
      await client.update(id, { custom_audience_name: 'Changed' });
      await client.admin('POST', 'clock', { advanceSeconds: 11 * day });
      expect((await client.audience(id)).audience_details).toMatchObject({
        is_valid: true,
        is_expiring: true,
      });
      await client.admin('POST', 'clock', { advanceSeconds: 59 * day });
      expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: false, cover_num: 0 });
    },
  );

  sandboxFact(
    'ends a year after its last change, and then only delete works',
    'O: HELP-EXP',
    async (client) => {
      const id = await readyAudience(client);
      await client.admin('POST', 'clock', { advanceSeconds: 200 * day });
      await client.update(id, { custom_audience_name: 'Changed' });
      await client.admin('POST', 'clock', { advanceSeconds: 200 * day });
      expect((await client.audience(id)).audience_details.is_valid).toBe(true);
      await client.admin('POST', 'clock', { advanceSeconds: 165 * day });
      expect((await client.audience(id)).audience_details).toMatchObject({ is_valid: false, cover_num: 0 });
      expect((await client.update(id, { custom_audience_name: 'No' })).code).toBe(40002);
      const gone = { advertiser_id: BERLIN, custom_audience_ids: [id] };
      expect((await client.post(`${DMP}delete/`, gone)).code).toBe(0);
    },
  );
});
