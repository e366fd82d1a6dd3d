import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toApplicationFailure } from '../../src/activities/application-failure.js';
import type { Tries } from '../../src/activities/tries.js';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import { RETURN_CODES, type ReturnCode } from '../../src/tiktok/return-codes.js';
import { APP_SECRET, EVERY_CALL, rejectionOf } from '../tiktok/every-call.js';
import { refusal, type ScriptedServer, startScriptedServer } from '../tiktok/scripted-server.js';
import { printTable } from './print-table.js';

/** TikTok's words for the meanings of a code that need some, as public recordings of live answers have them. */
const RECORDED: readonly string[] = [
  "The app_id is inconsistent with the token's app information. Please retry after correcting it.",
  "Permission error: The access token lacks the required scope for endpoint 'x'.",
  'advertiser does not grant you /dmp/custom_audience/file/upload/:POST permission',
  'The advertiser does not exist or has been deleted.',
  'Missing required field(s): advertiser_id.',
  'The advertiser has reached the limit of 400 custom audiences.',
  'Audience is not editable, please check audience status',
];

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

function wordsFor({ words }: ReturnCode): string {
  if (words === null) return 'in the words of TikTok';
  const recorded = RECORDED.find((text) => words.test(text));
  if (recorded === undefined) throw new Error(`no recorded words match ${words}`);
  return recorded;
}

/** What an activity does with a call that fails like this each time: so many tries, at which distances. */
function course(error: TikTokError): string {
  if (error.class === 'reauthorize' || error.class === 'permission') return 'waits for a person';
  const delays: number[] = [];
  for (let tries: Tries = {}; delays.length < 6; ) {
    const mapped = toApplicationFailure(error, tries);
    if (mapped.failure.nonRetryable) return `fails after ${delays.length + 1}`;
    delays.push(Number(mapped.failure.nextRetryDelay) / 1_000);
    tries = mapped.tries;
  }
  if (error.class === 'rate_limit') return 'waits for the limit';
  return `repeated after ${delays.join(', ')} … s`;
}

/** The same in terms of the table. */
function expectedCourse(row: ReturnCode): string {
  if (row.class === 'reauthorize' || row.class === 'permission') return 'waits for a person';
  switch (row.retry) {
    case 'never':
    case 'after_upload':
      return 'fails after 1';
    case 'once':
      return 'fails after 2';
    case 'few_times':
      return 'fails after 5';
    case 'after_pause':
      return 'waits for the limit';
    case 'when_editable':
      return 'repeated after 30, 30, 30, 30, 30, 30 … s';
    case 'patiently':
      return 'repeated after 2, 4, 8, 16, 32, 60 … s';
    case 'slowly':
      return 'repeated after 60, 120, 240, 480, 900, 900 … s';
  }
}

describe('every code of the table, at every call', () => {
  it('has the outcome that the table says', async () => {
    const outcomes = new Map<string, { codes: Set<number>; thrown: number }>();
    for (const row of RETURN_CODES) {
      server.reply({ json: refusal(row.code, wordsFor(row)) });
      for (const { name, run } of EVERY_CALL) {
        const error = await rejectionOf(run(client));
        if (!(error instanceof TikTokError)) throw new Error(`${name}: ${String(error)}`);
        expect(error, `${row.code} at ${name}`).toMatchObject({ class: row.class, retry: row.retry });
        expect(error.details, `${row.code} at ${name}`).toMatchObject({
          advice: row.advice,
          mender: row.mender,
          requestId: expect.any(String),
        });
        expect(course(error), `${row.code} at ${name}`).toBe(expectedCourse(row));
        const key = `${row.class} | ${course(error)} | ${row.mender}`;
        const outcome = outcomes.get(key) ?? { codes: new Set(), thrown: 0 };
        outcome.codes.add(row.code);
        outcome.thrown += 1;
        outcomes.set(key, outcome);
      }
    }
    printTable(
      ['class', 'outcome', 'who can mend it', 'codes', 'thrown'],
      [...outcomes].map(([key, { codes, thrown }]) => [...key.split(' | '), codes.size, thrown]),
    );
  }, 600_000);
});
