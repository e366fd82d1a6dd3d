import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  chooseColumns,
  chooseInclude,
  type RequestedColumns,
  type RequestedInclude,
} from '../../src/customer-file/choose-columns.js';
import { chooseLayout } from '../../src/customer-file/choose-layout.js';
import type { NormalizationProfile } from '../../src/customer-file/identifiers/profiles.js';
import { inspectFile } from '../../src/customer-file/inspect-file.js';
import { columnForms } from '../../src/customer-file/inspection.js';
import type { PreparedPart } from '../../src/customer-file/ledger.js';
import { ENGINE_VERSION, type LocalBytes, type PartRange, type Plan } from '../../src/customer-file/plan.js';
import { preparePart } from '../../src/customer-file/prepare-part.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';

const folder = await mkdtemp(join(tmpdir(), 'customer-file-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
export function newPath(): string {
  files++;
  return join(folder, `${files}`);
}

/** The content as a file on disk, as the engine is given it. */
export async function localUpload(content: string | Uint8Array): Promise<LocalBytes> {
  const path = newPath();
  await writeFile(path, content);
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  return { path, position: 0, firstByte: 0, length };
}

export interface Wishes {
  readonly normalization?: NormalizationProfile;
  readonly columns?: RequestedColumns;
  readonly include?: readonly RequestedInclude[];
  readonly partBytes?: number;
}

/** The plan that the service would make for a new audience. */
export async function planFor(bytes: LocalBytes, wishes: Wishes = {}): Promise<Plan> {
  const normalization = wishes.normalization ?? 'brief-2024';
  const inspection = await inspectFile(bytes, bytes.length, { normalization, columns: wishes.columns });
  const columns = chooseColumns(inspection, wishes.columns);
  return {
    engine: ENGINE_VERSION,
    dialect: inspection.dialect,
    columns,
    normalization,
    layout: chooseLayout(columns, columnForms(inspection, columns), null),
    include: chooseInclude(inspection, wishes.include ?? []),
    partBytes: wishes.partBytes ?? 50_000_000,
  };
}

export interface ReadPart extends PreparedPart {
  readonly text: string;
  readonly rejected: string;
}

export async function prepared(source: LocalBytes, plan: Plan, part: PartRange): Promise<ReadPart> {
  const outputPath = newPath();
  const rejectedPath = newPath();
  const result = await preparePart({ source, plan, part, outputPath, rejectedPath });
  return {
    ...result,
    text: await readFile(outputPath, 'utf8'),
    rejected: await readFile(rejectedPath, 'utf8'),
  };
}

/** The whole way of a file: every part of it, prepared. */
export async function activate(content: string | Uint8Array, wishes: Wishes = {}): Promise<ReadPart[]> {
  const bytes = await localUpload(content);
  const plan = await planFor(bytes, wishes);
  const split = await splitUpload(bytes, plan);
  const parts: ReadPart[] = [];
  for (const part of split.parts) parts.push(await prepared(bytes, plan, part));
  return parts;
}
