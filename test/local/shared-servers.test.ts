import type { Client } from '@temporalio/client';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.js';
import { TEST_NAMESPACES } from '../support/namespaces.js';
import { connectTestClient, testNamespace } from '../support/temporal.js';

describe('the servers that the tests share', () => {
  let client: Client;

  beforeAll(async () => {
    client = await connectTestClient(testNamespace('temporal'));
  });

  it('give each test file a database of its own', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.url).not.toBe(other.url);
    const connection = new pg.Client({ connectionString: one.url });
    await connection.connect();
    const { rows } = await connection.query('SHOW server_encoding');
    await connection.end();
    expect(rows).toEqual([{ server_encoding: 'UTF8' }]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('have every namespace with the search attributes', async () => {
    for (const namespace of TEST_NAMESPACES) {
      const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
        namespace,
      });
      expect(Object.keys(customAttributes ?? {})).toEqual(
        expect.arrayContaining(['ActivationPhase', 'ConnectionId', 'AdvertiserId']),
      );
    }
  });
});
