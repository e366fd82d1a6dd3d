import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.js';
import { connectTestClient, testNamespace } from '../support/temporal.js';

describe('the servers that the tests share', () => {
  it('give each test file a database of its own', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.url).not.toBe(other.url);
    const client = new pg.Client({ connectionString: one.url });
    await client.connect();
    const { rows } = await client.query('SHOW server_encoding');
    await client.end();
    expect(rows).toEqual([{ server_encoding: 'UTF8' }]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('have every namespace with the search attributes', async () => {
    const client = await connectTestClient(testNamespace('temporal'));
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: 'temporal',
    });
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining(['ActivationPhase', 'ConnectionId', 'AdvertiserId']),
    );
  });
});
