import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BERLIN, DMP, emailFile, envelope, NEW_YORK, sha256, signedInSandbox } from './running-sandbox.js';

const files = z.array(
  z.looseObject({
    file_path: z.string(),
    advertiser_id: z.string(),
    calculate_type: z.string(),
    size: z.number(),
    md5: z.string(),
    lines: z.number(),
  }),
);

describe('an upload', () => {
  it('gives 16 lower-case hex digits and keeps the bytes exactly', async () => {
    const client = await signedInSandbox();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
    const { data } = await client.tryUpload(bytes);
    const filePath = z.string().parse(data['file_path']);
    expect(filePath).toMatch(/^[0-9a-f]{16}$/);
    const kept = await fetch(`${client.url}/_sandbox/files/${filePath}`);
    expect(Buffer.from(await kept.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('is listed with its advertiser, type, size, digest and counts', async () => {
    const client = await signedInSandbox();
    const content = `${emailFile(0, 3)}not-a-digest\n\n`;
    const file_path = await client.upload(content);
    expect(files.parse(await client.admin('GET', 'files'))).toEqual([
      {
        file_path,
        advertiser_id: BERLIN,
        calculate_type: 'EMAIL_SHA256',
        size: content.length,
        md5: createHash('md5').update(content).digest('hex'),
        lines: 5,
        file_name: 'part-0.csv',
        goodValues: 3,
        badValues: 1,
        emptyValues: 1,
        uploadedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        forgottenAt: null,
      },
    ]);
  });

  it('takes its fields in any order, also behind the file', async () => {
    const client = await signedInSandbox();
    const content = emailFile(0, 1);
    const form = new FormData();
    form.set('file', new Blob([content]), 'a.txt');
    form.set('calculate_type', 'EMAIL_SHA256');
    form.set('file_signature', createHash('md5').update(content).digest('hex').toUpperCase());
    form.set('advertiser_id', BERLIN);
    const response = await client.api(`${DMP}file/upload/`, { method: 'POST', body: form });
    expect(envelope.parse(await response.json()).code).toBe(0);
  });

  it.each([
    ['no token at all', { token: null }, 40104],
    ['a digest of other bytes', { file_signature: 'd41d8cd98f00b204e9800998ecf8427e' }, 40900],
    ['an empty file', { content: '' }, 40906],
    ['a name that ends otherwise', { fileName: 'part.csv.gz' }, 40908],
    ['a name in capitals', { fileName: 'part.CSV' }, 40908],
    ['a type that does not exist', { calculate_type: 'EMAIL' }, 40002],
    ['an advertiser that does not exist', { advertiser_id: '123' }, 40300],
    ['no file', { leaveOut: 'file' }, 40002],
    ['no digest', { leaveOut: 'file_signature' }, 40002],
  ])(
    'is refused for %s, and nothing is kept',
    async (_what, { token, content, ...changes }: Partial<Record<string, string | null>>, code) => {
      const client = await signedInSandbox();
      if (token === null) client.token = null;
      const cleaned = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
      expect((await client.tryUpload(content ?? emailFile(0, 1), cleaned)).code).toBe(code);
      expect(await client.admin('GET', 'files')).toEqual([]);
    },
  );

  it('names the part that is missing', async () => {
    const client = await signedInSandbox();
    expect((await client.tryUpload('x', { leaveOut: 'file_signature' })).message).toBe(
      'Missing required field(s): file_signature.',
    );
  });

  it('must be multipart, and whole', async () => {
    const client = await signedInSandbox();
    expect((await client.post(`${DMP}file/upload/`, { advertiser_id: BERLIN })).code).toBe(40002);
    const response = await client.api(`${DMP}file/upload/`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nbreaks off',
    });
    expect(envelope.parse(await response.json()).code).toBe(40002);
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it('is refused with 40909 for an unknown type when the settings say so', async () => {
    const client = await signedInSandbox({ unknownCalculateType: 40909 });
    expect((await client.tryUpload('x', { calculate_type: 'EMAIL' })).code).toBe(40909);
  });

  it('may be 250 MB by default, and not a byte longer than allowed', async () => {
    const client = await signedInSandbox();
    expect(await client.admin('GET', 'settings')).toMatchObject({ maximumFileBytes: 250_000_000 });
    await client.admin('PATCH', 'settings', { maximumFileBytes: 200_000 });
    const code = async (size: number) => (await client.tryUpload('a'.repeat(size))).code;
    expect([await code(200_000), await code(200_001), await code(900_000)]).toEqual([0, 40907, 40907]);
  });
});

describe('the format of a file', () => {
  const digest = sha256('someone@example.com');

  it.each([
    [
      'of one type holds one value a line, of which bad ones are taken in silence',
      'EMAIL_SHA256',
      'Email\nnot hashed\n',
      0,
    ],
    ['of several types needs a header', 'MULTIPLE_TYPES', `${digest},${digest}\n`, 40915],
    [
      'of several types takes the five headers in any case',
      'MULTIPLE_TYPES',
      'maid,MAID_SHA256,maid_md5,PHONE_SHA256,Email_Sha256\n',
      0,
    ],
    ['of several types knows no plain e-mail', 'MULTIPLE_TYPES', `Email\n${digest}\n`, 40915],
    [
      'of several types takes a header three times',
      'MULTIPLE_TYPES',
      'email_SHA256,email_SHA256,email_SHA256\n',
      0,
    ],
    ['of several types takes no header four times', 'MULTIPLE_TYPES', 'MAID,MAID,MAID,MAID\n', 40915],
    ['of several types takes empty cells', 'MULTIPLE_TYPES', `email_SHA256,MAID\r\n${digest},\r\n,\r\n`, 0],
    ['of several types takes no ragged row', 'MULTIPLE_TYPES', `email_SHA256,MAID\n${digest}\n`, 40915],
  ])('%s', async (_what, calculate_type, content, code) => {
    const client = await signedInSandbox();
    expect((await client.tryUpload(content, { calculate_type })).code).toBe(code);
  });

  it('is refused without repeating anything of the file', async () => {
    const client = await signedInSandbox();
    const { message } = await client.tryUpload('jane@example.com\n', { calculate_type: 'MULTIPLE_TYPES' });
    expect(message).toContain('column 1 has no supported header');
    expect(message).not.toContain('jane');
  });
});

describe('a file path', () => {
  it('belongs to the advertiser that uploaded it', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    expect((await client.tryCreate([filePath], { advertiser_id: NEW_YORK })).code).toBe(40905);
    expect((await client.tryCreate([filePath])).code).toBe(0);
  });

  it('is unknown to the API once a test lets it be forgotten, and stays in what it was used for', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    const id = await client.create([filePath]);
    await client.admin('POST', `files/${filePath}/forget`);
    expect((await client.tryCreate([filePath])).code).toBe(40905);
    expect((await client.inside(id)).members).toBe(20);
    const more = await client.upload(emailFile(20, 30));
    await client.update(id, { file_paths: [more], action: 'APPEND' });
    expect((await client.inside(id)).members).toBe(30);
  });

  it('ends after a day of the clock', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    await client.admin('POST', 'clock', { advanceSeconds: 86_400 });
    expect((await client.tryCreate([filePath])).code).toBe(40910);
  });
});
