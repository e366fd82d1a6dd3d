import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeWholeJson } from './whole-file.js';

const addressesSchema = z.object({
  api: z.string(),
  console: z.string(),
  /** host:port */
  temporalAddress: z.string(),
  /** Null where another Temporal is used and TEMPORAL_UI_URL is not set. */
  temporalUi: z.string().nullable(),
  databaseUrl: z.string(),
  sandbox: z.string(),
});

/** Where the parts of a running stack are; the content of `stack.json`. */
export type StackAddresses = z.infer<typeof addressesSchema>;

const stackFile = (folder: string) => join(folder, 'stack.json');

export function writeStackFile(folder: string, addresses: StackAddresses): void {
  writeWholeJson(stackFile(folder), addresses);
}

export function readStackFile(folder: string): StackAddresses | undefined {
  return readJson(stackFile(folder), addressesSchema);
}

export function removeStackFile(folder: string): void {
  rmSync(stackFile(folder), { force: true });
}

/** The table that a person sees. The database's password is in `stack.json`, which only its owner may read. */
export function addressTable(addresses: StackAddresses): string {
  const rows: [string, string | null][] = [
    ['API, reference', `${addresses.api}/docs`],
    ['Temporal Web UI', addresses.temporalUi],
    ['Temporal', addresses.temporalAddress],
    ['PostgreSQL', withoutPassword(addresses.databaseUrl)],
    ['TikTok sandbox', `${addresses.sandbox}/_sandbox`],
  ];
  return rows.map(([title, address]) => `  ${title.padEnd(17)}${address ?? 'not known'}`).join('\n');
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'as DATABASE_URL says';
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}
