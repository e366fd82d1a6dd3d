import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { z } from 'zod';
import { DMP, emailFile, envelope, knownEmail, NEW_YORK, sha256 } from '../sandbox/running-sandbox.js';
import { contract, ENOUGH, finishProcessing } from './facts.js';

const UPLOAD_TYPES =
  'EMAIL_SHA256 PHONE_SHA256 IDFA_SHA256 IDFA_MD5 GAID_SHA256 GAID_MD5 FIRST_SHA256 FIRST_MD5 MAID_SHA256 MAID_MD5 MULTIPLE_TYPES'.split(
    ' ',
  );
const DIGEST = sha256('someone@example.com');

function fileOfType(calculateType: string): string {
  if (calculateType === 'MULTIPLE_TYPES') return `email_SHA256,MAID\n${DIGEST},\n`;
  return `${calculateType.endsWith('MD5') ? DIGEST.slice(0, 32) : DIGEST}\n`;
}

contract('file/upload', ({ fact, sandboxFact }) => {
  fact('gives a file_path of exactly 16 characters', 'O, OBS: SDK-YML, NANGO', async (client) => {
    const { code, data } = await client.tryUpload(emailFile(0, 1));
    expect(code).toBe(0);
    expect(data).toEqual({ file_path: expect.stringMatching(/^[0-9a-f]{16}$/) });
  });

  for (const calculate_type of UPLOAD_TYPES) {
    fact(`takes calculate_type ${calculate_type}`, 'O: SDK-YML', async (client) => {
      expect((await client.tryUpload(fileOfType(calculate_type), { calculate_type })).code).toBe(0);
    });
  }

  fact('takes no other calculate_type: the list is strict', 'O: SDK-YML', async (client) => {
    for (const calculate_type of ['EMAIL', 'AAID_SHA256', 'FIRST_NORMAL', 'email_sha256']) {
      expect([40002, 40909]).toContain((await client.tryUpload(`${DIGEST}\n`, { calculate_type })).code);
    }
  });

  fact('checks the MD5 in file_signature: 40900', 'O: SDK-YML, SDK-CODE', async (client) => {
    const file_signature = createHash('md5').update('other bytes').digest('hex');
    expect((await client.tryUpload(`${DIGEST}\n`, { file_signature })).code).toBe(40900);
  });

  fact('wants a name that ends exactly in .csv or .txt: 40908', 'O: SDK-YML, SDK-CODE', async (client) => {
    expect((await client.tryUpload(`${DIGEST}\n`, { fileName: 'a.csv' })).code).toBe(0);
    expect((await client.tryUpload(`${DIGEST}\n`, { fileName: 'a.txt' })).code).toBe(0);
    for (const fileName of ['a.zip', 'a.xlsx', 'a.csv.gz', 'a']) {
      expect((await client.tryUpload(`${DIGEST}\n`, { fileName })).code).toBe(40908);
    }
  });

  fact('refuses an empty file: 40906', 'O: SDK-CODE', async (client) => {
    expect((await client.tryUpload('')).code).toBe(40906);
  });

  fact('takes an optional name and file_name', 'O: SDK-YML, SDK-DOC', async (client) => {
    const form = client.uploadForm(`${DIGEST}\n`);
    form.set('name', 'customers');
    form.set('file_name', 'customers.csv');
    const response = await client.api(`${DMP}file/upload/`, { method: 'POST', body: form });
    expect(envelope.parse(await response.json()).code).toBe(0);
  });

  for (const leaveOut of ['advertiser_id', 'file', 'file_signature', 'calculate_type']) {
    fact(`needs ${leaveOut}`, 'O: SDK-YML', async (client) => {
      expect((await client.tryUpload(`${DIGEST}\n`, { leaveOut })).code).toBe(40002);
    });
  }

  sandboxFact('takes 250 MB and no more: 40907', 'OC: MD-UPLOAD', async (client) => {
    expect(await client.admin('GET', 'settings')).toMatchObject({ maximumFileBytes: 250_000_000 });
    await client.admin('PATCH', 'settings', { maximumFileBytes: 1000 });
    expect((await client.tryUpload('a'.repeat(1000))).code).toBe(0);
    expect((await client.tryUpload('a'.repeat(1001))).code).toBe(40907);
  });

  sandboxFact(
    'gives a path that only the same advertiser can use: 40905',
    'OC: MD-UPLOAD',
    async (client) => {
      const filePath = await client.upload(emailFile(0, 1));
      expect((await client.tryCreate([filePath], { advertiser_id: NEW_YORK })).code).toBe(40905);
    },
  );

  sandboxFact('gives a path that expires: 40910', 'O: SDK-CODE', async (client) => {
    const filePath = await client.upload(emailFile(0, 1));
    await client.admin('POST', 'clock', { advanceSeconds: 7 * 86_400 });
    expect((await client.tryCreate([filePath])).code).toBe(40910);
  });
});

contract('the format of a file', ({ fact, sandboxFact }) => {
  const multiple = { calculate_type: 'MULTIPLE_TYPES' };

  fact(
    'of several types has its header in any case, of five names',
    'OC: MD-GUIDE, MD-UPLOAD',
    async (client) => {
      const header = 'maid,MAID_sha256,Maid_MD5,PHONE_SHA256,Email_Sha256';
      expect((await client.tryUpload(`${header}\n,,,,${DIGEST}\n`, multiple)).code).toBe(0);
    },
  );

  fact(
    'of several types needs the header, and knows no plain e-mail or phone',
    'O, OC: HELP-IDS, MD-UPLOAD',
    async (client) => {
      for (const header of [`${DIGEST},${DIGEST}`, 'Email', 'Phone', 'email_SHA256,phone']) {
        expect((await client.tryUpload(`${header}\n${DIGEST}\n`, multiple)).code).not.toBe(0);
      }
    },
  );

  fact('of several types has as many fields in each row as in the header', 'OC: MD-GUIDE', async (client) => {
    expect((await client.tryUpload(`email_SHA256,MAID\n${DIGEST},\n`, multiple)).code).toBe(0);
    expect((await client.tryUpload(`email_SHA256,MAID\n${DIGEST}\n`, multiple)).code).not.toBe(0);
    expect((await client.tryUpload(`email_SHA256,MAID\n${DIGEST},,\n`, multiple)).code).not.toBe(0);
  });

  fact('of several types has the same header three times at most', 'O: HELP-IDS', async (client) => {
    const upload = (times: number) =>
      client.tryUpload(`${Array(times).fill('email_SHA256').join(',')}\n`, multiple);
    expect((await upload(3)).code).toBe(0);
    expect((await upload(4)).code).not.toBe(0);
  });

  sandboxFact('of one type has a value in each line and no header', 'OC: MD-GUIDE', async (client) => {
    await client.upload(emailFile(0, 3));
    expect(await client.admin('GET', 'files')).toMatchObject([{ lines: 3, goodValues: 3, badValues: 0 }]);
  });

  sandboxFact('has hashes in small letters or capitals', 'OC: MD-UPLOAD', async (client) => {
    const id = await client.create([await client.upload(emailFile(0, ENOUGH).toUpperCase())]);
    await finishProcessing(client);
    expect((await client.audience(id)).audience_details.cover_num).toBe(ENOUGH);
  });

  sandboxFact(
    'has plain SHA-256 of the address, the phone with its plus sign, the MAID in small letters',
    'O, OC: HELP-IDS, MD-UPLOAD',
    async (client) => {
      expect(sha256('janedoe@gmail.com')).toBe(
        'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69',
      );
      const rows = Array.from({ length: 10 }, (_, n) => [
        sha256(knownEmail(n)),
        sha256(`+1201555010${n + 1}`),
        sha256(
          `000000${(n + 10).toString(16).padStart(2, '0')}-5a4d-4b1e-9c3f-${(n + 10).toString(16).padStart(12, '0')}`,
        ),
      ]);
      const content = ['email_SHA256,phone_SHA256,MAID_SHA256', ...rows.map((row) => row.join(','))].join(
        '\n',
      );
      const id = await client.create([await client.upload(content, multiple)], multiple);
      await finishProcessing(client);
      const { cover_num } = (await client.audience(id)).audience_details;
      expect(z.number().parse(cover_num)).toBeGreaterThanOrEqual(ENOUGH);
    },
  );
});
