import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BERLIN, DMP, type SandboxClient, signedInSandbox } from './running-sandbox.js';

const limitsInside = z.object({
  enforced: z.boolean(),
  limits: z.record(z.string(), z.number().nullable()),
  violations: z.number(),
  blockedCalls: z.number(),
  details: z.array(z.looseObject({ endpoint: z.string(), limit: z.string(), count: z.number() })),
  endpoints: z.array(
    z.looseObject({ endpoint: z.string(), mostInSecond: z.number(), blockedUntil: z.string().nullable() }),
  ),
});

async function limits(client: SandboxClient) {
  return limitsInside.parse(await client.admin('GET', 'limits'));
}

async function userInfo(client: SandboxClient): Promise<number> {
  return (await client.get('user/info/')).code;
}

describe('rate limits', () => {
  it('that are not enforced refuse nothing, and are counted against the Basic level all the same', async () => {
    const client = await signedInSandbox();
    const codes = await Promise.all(Array.from({ length: 200 }, () => userInfo(client)));
    expect(new Set(codes)).toEqual(new Set([0]));
    const counted = await limits(client);
    expect(counted).toMatchObject({ enforced: false, limits: { qps: 10, qpm: 600, qpd: 864_000 } });
    expect(counted.violations).toBeGreaterThan(0);
    expect(counted.details).toMatchObject([{ endpoint: 'user/info/', limit: 'qps' }]);
    await client.admin('DELETE', 'limits');
    expect(await limits(client)).toMatchObject({ violations: 0, details: [], endpoints: [] });
  });

  it('may be told by the name of a level, or in part', async () => {
    const client = await signedInSandbox();
    await client.admin('PATCH', 'settings', { rateLimits: 'ultimate' });
    expect((await limits(client)).limits).toMatchObject({ qps: 50, qpm: 3000, qpd: 4_320_000 });
    await client.admin('PATCH', 'settings', { rateLimits: { qps: 3 } });
    expect((await limits(client)).limits).toMatchObject({ qps: 3, qpm: 600, qpmPenaltySeconds: 300 });
    await client.admin('PATCH', 'settings', { rateLimits: true });
    expect(await limits(client)).toMatchObject({ enforced: true, limits: { qps: 10 } });
  });

  it('block an endpoint for five minutes after a breach of the minute, until 00:00 UTC after one of the day', async () => {
    const client = await signedInSandbox({ rateLimits: { qps: 1000, qpm: 2, qpd: 3 } });
    // From the start of a day of its own, so that no window ends by chance.
    await client.admin('POST', 'clock', { advanceSeconds: 86_400 - ((Date.now() / 1000) % 86_400) });
    expect([await userInfo(client), await userInfo(client), await userInfo(client)]).toEqual([0, 0, 40100]);
    await client.admin('POST', 'clock', { advanceSeconds: 240 });
    expect(await userInfo(client)).toBe(40100);
    expect((await client.get(`${DMP}list/`, { advertiser_id: BERLIN })).code).toBe(0);
    expect(await limits(client)).toMatchObject({ violations: 1, blockedCalls: 1 });
    await client.admin('POST', 'clock', { advanceSeconds: 60 });
    expect(await userInfo(client)).toBe(40100);
    await client.admin('POST', 'clock', { advanceSeconds: 43_200 });
    expect(await userInfo(client)).toBe(40100);
    await client.admin('POST', 'clock', { advanceSeconds: 43_200 });
    expect(await userInfo(client)).toBe(0);
    expect((await limits(client)).details.map(({ limit, count }) => [limit, count])).toEqual([
      ['qpm', 1],
      ['blocked', 2],
      ['qpd', 1],
    ]);
  });

  it('have penalties as long as they are set, also without a breach', async () => {
    const client = await signedInSandbox({ rateLimits: { qpmPenaltySeconds: 60, qpdPenaltySeconds: 120 } });
    const block = (limit: string) => client.admin('POST', 'limits/block', { endpoint: 'user/info/', limit });
    await block('qpm');
    expect(await userInfo(client)).toBe(40100);
    await client.admin('POST', 'clock', { advanceSeconds: 60 });
    expect(await userInfo(client)).toBe(0);
    await block('qpd');
    await client.admin('POST', 'clock', { advanceSeconds: 100 });
    expect(await userInfo(client)).toBe(40100);
    await client.admin('POST', 'clock', { advanceSeconds: 20 });
    expect(await userInfo(client)).toBe(0);
    expect(await limits(client)).toMatchObject({ violations: 0, blockedCalls: 2 });
  });

  it('of a second end with the second, and an advertiser has a throttle of its own', async () => {
    const client = await signedInSandbox({ rateLimits: { qps: 1 } });
    const many = await Promise.all(Array.from({ length: 20 }, () => client.get('user/info/')));
    const refused = many.filter((answer) => answer.code !== 0);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map((answer) => `${answer.code} ${answer.message}`))).toEqual(
      new Set(['40100 App reaches the QPS limit 1']),
    );
    expect((await limits(client)).violations).toBe(refused.length);
    await client.admin('POST', 'clock', { advanceSeconds: 1 });
    expect(await userInfo(client)).toBe(0);

    await client.admin('PATCH', 'settings', { rateLimits: { qps: 1000, advertiserQps: 1 } });
    const lists = await Promise.all(
      Array.from({ length: 20 }, () => client.get(`${DMP}list/`, { advertiser_id: BERLIN })),
    );
    expect(lists.find((answer) => answer.code === 40133)?.message).toMatch(
      /^Advertiser \(7000000000000000001\)'s QPS \(\d+\) reaches QPS limit 1 for current path/,
    );
  });
});
