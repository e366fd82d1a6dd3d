import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { estimateDistinct } from '../../src/customer-file/distinct-estimate.js';
import { ledgerImbalance } from '../../src/customer-file/ledger.js';
import { emailHash, expectedOfCustomers, phoneHash, rows, sha256 } from './brief-oracle.js';
import { activate, type ReadPart } from './local-upload.js';

const example = (name: string) => readFile(new URL(`../../examples/${name}`, import.meta.url));

async function only(name: string): Promise<ReadPart> {
  const [part] = await activate(await example(name));
  if (part === undefined) throw new Error('There is no part.');
  expect(ledgerImbalance(part.ledger)).toBeNull();
  return part;
}

describe('examples/customers.csv', () => {
  it('becomes exactly the bytes that the brief’s rules give', async () => {
    const expected = expectedOfCustomers((await example('customers.csv')).toString());
    const part = await only('customers.csv');
    expect(part.text).toBe(expected);
    const sent = expected.split('\n').length - 2;
    expect(part.ledger.rowsRead).toBe(5000);
    expect(part.ledger.rowsSent).toBe(sent);
    expect(part.ledger.rowsRejected).toBeLessThan(100);
    expect(part.ledger.rowsBlank).toBeGreaterThan(0);
    expect(estimateDistinct(part.distinct) / sent).toBeCloseTo(1, 1);
  });

  it('has more than 3,000 people that the sandbox knows', async () => {
    const people = knownPeople();
    const found = new Set<number>();
    for (const line of (await only('customers.csv')).text.split('\n')) {
      for (const digest of line.split(',')) {
        const person = people.get(digest);
        if (person !== undefined) found.add(person);
      }
    }
    expect(found.size).toBeGreaterThan(3000);
    expect(found.size).toBeLessThan(4000);
  });
});

describe('the other examples', () => {
  it('emails-without-header.csv is read from its first line on, which is a hash', async () => {
    const content = (await example('emails-without-header.csv')).toString();
    const lines = content
      .split('\n')
      .map(emailHash)
      .filter((line) => line !== '');
    const part = await only('emails-without-header.csv');
    expect(content.slice(0, 64)).toBe(lines[0]);
    expect(part.text).toBe(`${lines.join('\n')}\n`);
    expect(part.ledger.rowsRead).toBe(2000);
    expect(part.ledger.identifiers.email?.prehashed).toBeGreaterThan(500);
  });

  it('hashed-multi-id.csv passes through as it is, without the rows that hold nothing', async () => {
    const content = (await example('hashed-multi-id.csv')).toString();
    expect((await only('hashed-multi-id.csv')).text).toBe(
      content.replaceAll('\n,,\n', '\n').replaceAll('\n,,\n', '\n'),
    );
  });

  it('messy.csv is read as Windows-1252 with semicolons, and its damaged phones are named', async () => {
    const content = (await example('messy.csv')).toString('latin1');
    const [, ...customers] = rows(content, ';');
    const lines = customers
      .map((cells) => [emailHash(cells[1]), phoneHash(cells[2])].join(','))
      .filter((line) => line !== ',');
    const part = await only('messy.csv');
    expect(part.text).toBe(['email_SHA256,phone_SHA256', ...lines, ''].join('\n'));
    expect(part.ledger.rowsRead).toBe(500);
    expect(part.ledger.identifiers.phone?.rejected).toMatchObject({
      damaged_by_spreadsheet: expect.any(Number),
      phone_without_country: expect.any(Number),
      several_values: expect.any(Number),
    });
    expect(part.ledger.identifiers.email?.rejected).toHaveProperty('several_values');
  });
});

/** Digests of the e-mails and MAIDs of the sandbox's people, each with the number of the person. */
function knownPeople(): Map<string, number> {
  const first =
    'anna ben carla david elena felix grace hugo irene jonas karin leo maria nils olga paul rosa samuel tessa victor';
  const last =
    'adler baker castro dubois evans fischer garcia hansen ivanov jensen kowalski lopez moreau novak olsen petrov quinn rossi schmidt tanaka';
  const [firsts, lasts] = [first.split(' '), last.split(' ')];
  const people = new Map<string, number>();
  for (let n = 0; n < 20_000; n++) {
    const mailbox = `${firsts[n % 20]}${lasts[Math.floor(n / 20) % 20]}${Math.floor(n / 400)}`;
    people.set(sha256(`${mailbox}@example.${['com', 'org', 'net'][n % 3]}`), n);
    const hex = (width: number) => n.toString(16).padStart(width, '0');
    people.set(sha256(`${hex(8)}-5a4d-4b1e-9c3f-${hex(12)}`), n);
  }
  return people;
}
