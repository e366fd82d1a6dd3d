import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import pg from 'pg';
import type { Activation } from '../../src/api/schemas/activation.js';
import type { TestStack } from '../service/test-stack.js';
import type { GeneratedFile } from './customer-file.js';

interface AudienceInside {
  readonly audience_id: string;
  readonly name: string;
  readonly calculate_type: string;
  readonly members: number;
  readonly operations: readonly { action: string; file_paths: readonly string[]; state: string }[];
}

/** What an audience must hold, and what TikTok's side holds. */
export interface Verdict {
  readonly lost: number;
  readonly doubled: number;
  readonly faults: readonly string[];
}

/** What the runs of an audience asked for. */
export interface Asked {
  /** Null when its run was cancelled before it could name it. */
  readonly name: string | null;
  /** What TikTok was to do, once each and in this order. */
  readonly actions: readonly string[];
  readonly members: ReadonlySet<string>;
}

/**
 * Applies what TikTok was sent, file by file, and compares with what the customer files say, in which nobody comes
 * twice. `doubled` counts members that came twice by one action, and those that were not asked for.
 */
export async function judgeAudience(
  product: TestStack,
  audienceId: string,
  { name, actions, members: expected }: Asked,
): Promise<Verdict> {
  const audiences = await product.admin<AudienceInside[]>('GET', 'audiences');
  const audience = audiences.find((each) => each.audience_id === audienceId);
  if (audience === undefined)
    return { lost: expected.size, doubled: 0, faults: [`${audienceId} does not exist`] };
  // A run that was cancelled once TikTok had its request does not wait for that.
  if (audience.operations.some(({ state }) => state === 'processing'))
    throw new Error(`TikTok has not processed ${audienceId} yet`);
  const faults: string[] = [];
  if (name !== null && audience.name !== name)
    faults.push(`${audienceId} is named ${audience.name} instead of ${name}`);
  const done = audience.operations.map(({ action }) => action);
  if (done.join() !== actions.join())
    faults.push(`${audienceId} is the result of ${done}, not of ${actions}`);
  let repeated = 0;
  const content = new Set<string>();
  for (const { action, file_paths, state } of audience.operations) {
    if (state === 'failed') {
      faults.push(`${action} of ${audienceId} failed at TikTok`);
      continue;
    }
    if (new Set(file_paths).size < file_paths.length)
      faults.push(`${action} of ${audienceId} names a file twice`);
    if (action === 'REPLACE') content.clear();
    const seen = new Set<string>();
    for (const path of file_paths) {
      for (const member of await membersOf(product, path, audience.calculate_type)) {
        if (seen.has(member)) repeated++;
        seen.add(member);
        if (action === 'REMOVE') content.delete(member);
        else content.add(member);
      }
    }
  }
  const lost = [...expected].filter((member) => !content.has(member)).length;
  const foreign = [...content].filter((member) => !expected.has(member)).length;
  if (audience.members !== content.size)
    faults.push(`${audienceId} holds ${audience.members}, its files ${content.size}`);
  return { lost, doubled: repeated + foreign, faults };
}

/** The sums of a finished run beside those of its file. */
export function judgeLedger(run: Activation, file: GeneratedFile): string[] {
  const { sent, rejected, excluded, blank } = file.rows;
  const total = sent + rejected + excluded + blank;
  const expected = {
    rowsTotal: total,
    rowsRead: total,
    rowsSent: sent,
    rowsRejected: rejected,
    rowsExcluded: excluded,
    rowsBlank: blank,
    bytesPrepared: run.progress.bytesTotal,
  };
  return Object.entries(expected).flatMap(([name, count]) => {
    const counted = Object.entries(run.progress).find(([key]) => key === name)?.[1];
    return counted === count ? [] : [`${run.id}: ${name} is ${counted} instead of ${count}`];
  });
}

const COLUMN_TYPES: Record<string, string> = {
  EMAIL_SHA256: 'email',
  PHONE_SHA256: 'phone',
  FIRST_SHA256: 'maid',
  email_sha256: 'email',
  phone_sha256: 'phone',
  maid_sha256: 'maid',
};

async function membersOf(product: TestStack, path: string, calculateType: string): Promise<string[]> {
  const answer = await fetch(`${product.sandbox}/_sandbox/files/${path}`);
  if (!answer.ok) throw new Error(`file ${path} answers ${answer.status}`);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  const several = calculateType === 'MULTIPLE_TYPES';
  const types = (several ? (lines.shift() ?? '').toLowerCase().split(',') : [calculateType]).map(
    (column) => COLUMN_TYPES[column] ?? column,
  );
  return lines.flatMap((line) =>
    line.split(',').flatMap((cell, column) => (cell === '' ? [] : [`${types[column]}:${cell}`])),
  );
}

/**
 * What is left when every run has ended: nothing may be but what the runs were for. Unfinished files of processes that
 * died are not counted: they are removed when they are a day old.
 */
export async function judgeLeftovers(
  product: TestStack,
  storageFolder: string,
  {
    createdAudiences,
    unknownRuns,
  }: { readonly createdAudiences: ReadonlySet<string>; readonly unknownRuns: ReadonlySet<string> },
): Promise<string[]> {
  const audiences = await product.admin<AudienceInside[]>('GET', 'audiences');
  const mayBe = new Set(unknownRuns);
  const strays = audiences
    // An audience that is made bears its run's id, until it is named. One of each is no surprise.
    .filter(
      ({ audience_id, name }) =>
        !createdAudiences.has(audience_id) && !mayBe.delete(name.split(' · ')[1] ?? ''),
    )
    .map((audience) => `audience ${audience.audience_id} belongs to no run: ${audience.name}`);
  const client = new pg.Client({ connectionString: product.stack.addresses.databaseUrl });
  await client.connect();
  const idsOf = async (query: string) => (await client.query<{ id: string }>(query)).rows.map(({ id }) => id);
  try {
    const left: string[] = [];
    for (const [what, query] of Object.entries(LEFT_IN_TABLES)) {
      left.push(...(await idsOf(query)).map((id) => `${id} ${what}`));
    }
    const owners = {
      uploads: await idsOf('SELECT id FROM uploads WHERE removed_at IS NULL'),
      expanded: await idsOf('SELECT id FROM uploads WHERE removed_at IS NULL'),
      rejected: await idsOf('SELECT id FROM preparations'),
      parts: await idsOf('SELECT preparation_id AS id FROM preparation_leases'),
    };
    return [...strays, ...left, ...ownerlessObjects(join(storageFolder, 'objects'), owners)];
  } finally {
    await client.end();
  }
}

const CANCELED = `(SELECT id FROM activations WHERE phase = 'canceled')`;

/** A run that was cancelled keeps what it prepared for a retry, and the name that its audience was made with. */
const LEFT_IN_TABLES = {
  'is still open': 'SELECT id FROM activations WHERE finished_at IS NULL',
  'has ended and still waits': 'SELECT id FROM activations WHERE waiting IS NOT NULL',
  'has ended and still holds its preparation': `SELECT activation_id AS id FROM preparation_leases WHERE activation_id NOT IN ${CANCELED}`,
  'is a preparation that nobody gave up': `SELECT id FROM preparations WHERE discarded_at IS NULL
      AND id NOT IN (SELECT preparation_id FROM preparation_leases WHERE activation_id IN ${CANCELED})`,
  'holds the claim of a part':
    'SELECT DISTINCT claimed_by AS id FROM preparation_parts WHERE claimed_by IS NOT NULL',
  'was not published, or not named': `SELECT activation_id AS id FROM publications WHERE activation_id NOT IN ${CANCELED}
      AND (published_at IS NULL OR (one_time_name IS NOT NULL AND named_at IS NULL))`,
};

/** Objects in the store's folders whose owner is gone: the second segment of a key is the owner's id. */
function ownerlessObjects(folder: string, owners: Readonly<Record<string, readonly string[]>>): string[] {
  const keys = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return keys.flatMap((key) => {
    const [kind = '', owner = ''] = key.split(sep);
    return owners[kind]?.includes(owner) ? [] : [`the object ${key} is left and belongs to nobody`];
  });
}
