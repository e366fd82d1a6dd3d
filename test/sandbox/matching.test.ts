import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeContent, type Step } from '../../src/sandbox/audience-content.js';
import { readCustomerFile } from '../../src/sandbox/customer-file.js';
import {
  emailFile,
  knownEmail,
  type SandboxClient,
  sha256,
  signedInSandbox,
  temporaryFolder,
} from './running-sandbox.js';

function lines(values: readonly string[]): string {
  return values.map((value) => `${value}\n`).join('');
}

function people(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** The address of known person n with the dots that the rules of 2025 keep, for n under 20. */
function dotted(n: number): string {
  return knownEmail(n).replace(/^(.*)adler0@/, '$1.adler.0@');
}

/** The first persons' phones: those of n % 10 = 9 are British and left out. */
const PHONES = people(99)
  .filter((n) => n % 10 !== 9)
  .map((n) => `+120155501${String(n).padStart(2, '0')}`);

function maid(n: number): string {
  const hex = n.toString(16);
  return `${hex.padStart(8, '0')}-5a4d-4b1e-9c3f-${hex.padStart(12, '0')}`;
}

async function matched(client: SandboxClient, content: string, calculate_type: string): Promise<number[]> {
  const id = await client.create([await client.upload(content, { calculate_type })], { calculate_type });
  const inside = await client.inside(id);
  return [inside.members, inside.matched];
}

describe('e-mail addresses', () => {
  it('match in the spelling of the brief and nearly never in another', async () => {
    const client = await signedInSandbox();
    const emails = people(20).map(knownEmail);
    expect(await matched(client, lines(emails.map(sha256)), 'EMAIL_SHA256')).toEqual([20, 20]);
    const wrong = [
      emails.map((email) => sha256(email.toUpperCase())),
      emails.map((email) => sha256(`${email} `)),
      people(20).map((n) => sha256(dotted(n))),
      emails.map((email) => sha256(email.replace('.', ''))),
      emails.map((email) => sha256(sha256(email))),
    ];
    for (const digests of wrong) {
      expect(await matched(client, lines(digests), 'EMAIL_SHA256')).toEqual([20, 0]);
    }
  });

  it('match as digests in capitals too, and once however often they stand in the file', async () => {
    const client = await signedInSandbox();
    const digests = people(20).map((n) => sha256(knownEmail(n)));
    const content = lines([...digests, ...digests.map((digest) => digest.toUpperCase())]);
    expect(await matched(client, content, 'EMAIL_SHA256')).toEqual([20, 20]);
  });

  it('match in the other spelling, or both, when the population is set so', async () => {
    const client = await signedInSandbox({ population: 'tiktok-2025-09' });
    const withDots = lines(people(20).map((n) => sha256(dotted(n))));
    const without = lines(people(20).map((n) => sha256(knownEmail(n))));
    expect(await matched(client, withDots, 'EMAIL_SHA256')).toEqual([20, 20]);
    expect(await matched(client, without, 'EMAIL_SHA256')).toEqual([20, 0]);
    await client.admin('PATCH', 'settings', { population: 'both' });
    expect(await matched(client, withDots + without, 'EMAIL_SHA256')).toEqual([40, 20]);
  });
});

describe('phones and devices', () => {
  it('phones match with their plus sign only', async () => {
    const client = await signedInSandbox();
    const count = PHONES.length;
    expect(await matched(client, lines(PHONES.map(sha256)), 'PHONE_SHA256')).toEqual([count, count]);
    const digitsOnly = PHONES.map((phone) => sha256(phone.slice(1)));
    expect(await matched(client, lines(digitsOnly), 'PHONE_SHA256')).toEqual([count, 0]);
  });

  it('phones match without it, or both ways, when the settings say so', async () => {
    const client = await signedInSandbox({ phones: 'without-plus' });
    const plus = lines(PHONES.map(sha256));
    const digits = lines(PHONES.map((phone) => sha256(phone.slice(1))));
    const count = PHONES.length;
    expect(await matched(client, plus, 'PHONE_SHA256')).toEqual([count, 0]);
    expect(await matched(client, digits, 'PHONE_SHA256')).toEqual([count, count]);
    await client.admin('PATCH', 'settings', { phones: 'both' });
    expect(await matched(client, plus + digits, 'PHONE_SHA256')).toEqual([2 * count, count]);
  });

  it('a phone number that two people share stands for one of them', async () => {
    const client = await signedInSandbox();
    expect(await matched(client, lines([sha256('+447700900000')]), 'PHONE_SHA256')).toEqual([1, 1]);
  });

  it.each(['FIRST_SHA256', 'IDFA_SHA256', 'GAID_SHA256'])('devices match as %s', async (calculateType) => {
    const client = await signedInSandbox();
    const content = lines(people(20).map((n) => sha256(maid(n))));
    expect(await matched(client, content, calculateType)).toEqual([20, 20]);
  });

  it('devices match as MD5 and, under the header MAID, plain', async () => {
    const client = await signedInSandbox();
    const md5 = people(20).map((n) => createHash('md5').update(maid(n)).digest('hex'));
    expect(await matched(client, lines(md5), 'FIRST_MD5')).toEqual([20, 20]);
    const plain = lines(['MAID', ...people(20).map(maid)]);
    expect(await matched(client, plain, 'MULTIPLE_TYPES')).toEqual([20, 20]);
    const upperCase = lines(people(20).map((n) => sha256(maid(n + 10).toUpperCase())));
    expect((await matched(client, upperCase, 'FIRST_SHA256'))[1]).toBeLessThan(20);
  });

  it('a file uploaded as MAID_SHA256 goes into an audience of FIRST_SHA256', async () => {
    const client = await signedInSandbox();
    const content = lines(people(20).map((n) => sha256(maid(n))));
    const filePath = await client.upload(content, { calculate_type: 'MAID_SHA256' });
    const id = await client.create([filePath], { calculate_type: 'FIRST_SHA256' });
    expect(await client.inside(id)).toMatchObject({ state: 'ready', matched: 20 });
  });
});

describe('several identifiers a row', () => {
  it('are several members and one matched person', async () => {
    const client = await signedInSandbox();
    const rows = people(9).map((n) => [sha256(knownEmail(n)), sha256(PHONES[n] ?? ''), maid(n)].join(','));
    const content = lines([
      'email_SHA256,phone_SHA256,MAID',
      ...rows,
      ',,',
      `${sha256('x@example.com')},bad,`,
    ]);
    expect(await matched(client, content, 'MULTIPLE_TYPES')).toEqual([28, 9]);
  });

  it('may be two columns of the same kind', async () => {
    const client = await signedInSandbox();
    const rows = people(10).map((n) => [sha256(knownEmail(n)), sha256(knownEmail(n + 10))].join(','));
    expect(await matched(client, lines(['email_SHA256,EMAIL_sha256', ...rows]), 'MULTIPLE_TYPES')).toEqual([
      20, 20,
    ]);
  });
});

describe('an audience larger than what is held in memory', () => {
  it('is counted exactly, in several passes over its files', async () => {
    const folder = await temporaryFolder();
    const step = async (name: string, content: string, removes: boolean): Promise<Step> => {
      const path = join(folder, name);
      await writeFile(path, content);
      const counts = await readCustomerFile(path, 'EMAIL_SHA256');
      const file = {
        filePath: name,
        advertiserId: '1',
        calculateType: 'EMAIL_SHA256',
        fileName: '',
        size: 0,
        md5: '',
        uploadedAt: 0,
        forgottenAt: null,
      };
      return { file: { ...file, ...counts }, path, removes };
    };
    const steps = [
      await step('a', emailFile(0, 300), false),
      await step('b', emailFile(200, 350) + lines(people(500).map((n) => sha256(`stranger${n}`))), false),
      await step('c', emailFile(0, 50), true),
    ];
    const known = { population: 'brief-2024', phones: 'both' } as const;
    for (const mostInMemory of [10_000, 500, 100]) {
      expect(await computeContent(steps, known, mostInMemory)).toEqual({ members: 800, matched: 300 });
    }
  });
});
