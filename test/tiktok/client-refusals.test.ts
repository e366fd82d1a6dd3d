import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { type Retry, TikTokError, type TikTokErrorClass } from '../../src/tiktok/errors.js';
import { RETURN_CODES } from '../../src/tiktok/return-codes.js';
import { ADVERTISER, APP_SECRET, EVERY_CALL, rejectionOf, TOKEN } from './every-call.js';
import { refusal, type ScriptedServer, startScriptedServer } from './scripted-server.js';

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** All codes that TikTok documents, by what can be done about them; written down apart from the client's table. */
const DOCUMENTED: Record<TikTokErrorClass, readonly number[]> = {
  reauthorize: [40102, 40103, 40104, 40105, 40106, 40107, 40114, 40119, 40309],
  permission: [40001, 40003, 40117, 40118, 40125, 40301],
  rate_limit: [40016, 40100, 40132, 40133, 61000],
  not_editable: [],
  file: [40900, ...range(40905, 40910), 40915],
  invalid: [
    ...[40000, 40002, ...range(40006, 40014), 40051, 40061, 40062, 40063, 40065, 40101, 40108, 40109, 40110],
    ...[40112, 40113, 40115, 40116, 40120, 40121, 40122, 40124, ...range(40126, 40131), 40200, 40300, 40302],
    ...[
      40400, 40502, 40700, 40901, 40902, 40903, 40911, 40912, 40913, 40914, 40916, 41000, 41001, 41002, 70001,
    ],
  ],
  transient: [
    ...[40050, 40201, 40202, 50000, 50001, 50002, ...range(51000, 51067), 51099, 51305, 53102, 53103, 60001],
    ...[...range(52000, 52003), ...range(52100, 52103), ...range(52201, 52204)],
  ],
};
const CLASS_OF = new Map<number, TikTokErrorClass>(
  Object.entries(DOCUMENTED).flatMap(([errorClass, codes]) =>
    codes.map((code) => [code, errorClass as TikTokErrorClass] as const),
  ),
);

/** How codes are repeated that are not repeated as others of their class; written down apart from the client's table. */
const REPEATED: Readonly<Record<number, Retry>> = {
  40050: 'few_times',
  40200: 'once',
  40700: 'once',
  40900: 'once',
  40905: 'after_upload',
  40910: 'after_upload',
  53102: 'few_times',
  53103: 'few_times',
  60001: 'slowly',
};
const REPEATED_BY_CLASS: Record<TikTokErrorClass, Retry> = {
  reauthorize: 'never',
  permission: 'never',
  invalid: 'never',
  file: 'never',
  rate_limit: 'after_pause',
  not_editable: 'when_editable',
  transient: 'patiently',
};

const WITHOUT_WORDS = new Map(
  RETURN_CODES.filter(({ words }) => words === null).map((row) => [row.code, row]),
);

describe('an answer with a code of failure', () => {
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

  it('is described in the table for every documented code, and for no other', () => {
    expect([...WITHOUT_WORDS.keys()].sort()).toEqual([...CLASS_OF.keys()].sort());
    expect(RETURN_CODES.filter(({ words }) => words === null)).toHaveLength(CLASS_OF.size);
  });

  it.each(EVERY_CALL)(
    'is thrown by $name with the class of its code, for every code',
    async ({ run, endpoint }) => {
      for (const [code, errorClass] of CLASS_OF) {
        server.reply({ json: refusal(code, 'in the words of TikTok') });
        const error = await rejectionOf(run(client));
        expect(error).toBeInstanceOf(TikTokError);
        expect(error).toMatchObject({
          class: errorClass,
          details: {
            code,
            httpStatus: 200,
            requestId: '2026052619053192C958E205C050714A1F',
            endpoint,
            advice: WITHOUT_WORDS.get(code)?.advice,
            mender: WITHOUT_WORDS.get(code)?.mender,
          },
          retry: REPEATED[code] ?? REPEATED_BY_CLASS[errorClass],
          message: `${endpoint} was refused with code ${code} ("in the words of TikTok"): ${WITHOUT_WORDS.get(code)?.happened}`,
        });
      }
    },
  );

  it.each([200, 400, 401, 403, 404, 429, 500, 502])('counts for more than HTTP status %i', async (status) => {
    server.reply({ status, json: refusal(40105, 'Access token is incorrect or has been revoked.') });
    const error = await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({ class: 'reauthorize', details: { code: 40105, httpStatus: status } });
  });

  it.each([
    [
      40000,
      "The app_id is inconsistent with the token's app information. Please retry after correcting it.",
      'reauthorize',
    ],
    [
      40113,
      "The app_id is inconsistent with the token's app information. Please retry after correcting it.",
      'reauthorize',
    ],
    [40000, 'page_size: must be at most 100', 'invalid'],
    [40113, 'The app is blocked.', 'invalid'],
    [40001, "The advertiser 7000000000000000001 doesn't exist or has been deleted.", 'invalid'],
    [40001, 'advertiser does not grant you /dmp/custom_audience/file/upload/:POST permission', 'permission'],
    [
      40001,
      "Permission error: The access token lacks the required scope for endpoint '/report/integrated/get/(method=GET)'.",
      'permission',
    ],
    [40002, 'Audience is not editable, please check audience status', 'not_editable'],
    [40002, 'Missing required field(s): advertiser_id.', 'invalid'],
    [40002, 'The advertiser has reached the limit of 400 custom audiences.', 'invalid'],
  ])('%i with the words "%s" is of class %s', async (code, message, errorClass) => {
    server.reply({ json: refusal(code, message) });
    const error = await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({ class: errorClass, message: expect.stringContaining(message) });
  });

  it('tells apart by its words who can mend it', async () => {
    const mender = async (code: number, message: string) => {
      server.reply({ json: refusal(code, message) });
      const error = await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
      return error instanceof TikTokError ? error.details.mender : null;
    };
    expect(await mender(40001, 'The access token lacks the required scope for endpoint x.')).toBe('operator');
    expect(await mender(40001, 'advertiser does not grant you /x/:POST permission')).toBe('authorizer');
    expect(await mender(40001, 'The advertiser does not exist or has been deleted.')).toBe('requester');
    expect(await mender(40002, 'Missing required field(s): advertiser_id.')).toBe('maintainers');
    expect(await mender(40002, 'Audience is not editable, please check audience status')).toBe('nobody');
    expect(await mender(40002, 'The name is too long.')).toBe('requester');
  });

  it.each([
    [59999, 200, 'transient'],
    [49999, 200, 'invalid'],
    [49999, 503, 'transient'],
    [49999, 429, 'rate_limit'],
    [49999, 401, 'reauthorize'],
    [49999, 400, 'invalid'],
  ])('that nobody described, as %i at HTTP %i, is of class %s', async (code, status, errorClass) => {
    server.reply({ status, json: refusal(code, 'new') });
    const error = await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({ class: errorClass, details: { code } });
  });
});
