import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Activation } from '../../src/api/schemas/activation.js';
import { findTemporalCli } from '../../src/local/find-tools.js';
import { databaseText } from '../support/database-text.js';
import type { TestStack } from './test-stack.js';

const run = promisify(execFile);

/** All that the product wrote beside uploads and parts: the database, Temporal's histories, the logs of all processes. */
export async function everythingWritten(product: TestStack): Promise<string> {
  const { databaseUrl } = product.stack.addresses;
  return [await databaseText(databaseUrl), await histories(product), await logs(product)].join('\n');
}

async function histories(product: TestStack): Promise<string> {
  const { data } = await product.get<{ data: Activation[] }>('/v1/activations?limit=100');
  const shown = data.map(async ({ id }) => {
    const address = ['--address', product.stack.addresses.temporalAddress];
    const cli = findTemporalCli(process.env);
    const { stdout } = await run(
      cli,
      ['workflow', 'show', '--workflow-id', id, '--output', 'json', ...address],
      { maxBuffer: 100_000_000 },
    );
    return decoded(stdout);
  });
  return (await Promise.all(shown)).join('\n');
}

/** Payloads stand in a history in base 64. */
function decoded(history: string): string {
  const payloads = history.match(/"data": ?"[A-Za-z0-9+/=]+"/g) ?? [];
  return [
    history,
    ...payloads.map((payload) => Buffer.from(payload.split('"')[3] ?? '', 'base64').toString()),
  ].join('\n');
}

async function logs(product: TestStack): Promise<string> {
  const folder = join(product.folder, 'logs');
  const files = await readdir(folder);
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}
