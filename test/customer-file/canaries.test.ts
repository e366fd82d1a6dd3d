import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { chooseColumns } from '../../src/customer-file/choose-columns.js';
import { chooseLayout } from '../../src/customer-file/choose-layout.js';
import {
  CUSTOMER_FILE_ERROR_CODES,
  CustomerFileError,
  type CustomerFileErrorCode,
} from '../../src/customer-file/customer-file-error.js';
import { detectPacking } from '../../src/customer-file/detect-packing.js';
import { expandUpload } from '../../src/customer-file/expand-upload.js';
import {
  REJECTION_REASONS,
  type RejectionReason,
} from '../../src/customer-file/identifiers/rejection-reasons.js';
import { inspectFile } from '../../src/customer-file/inspect-file.js';
import { rowsPerPart } from '../../src/customer-file/part-size.js';
import type * as RunInThread from '../../src/customer-file/run-in-thread.js';
import { CANARIES, canariesIn } from '../support/canaries.js';
import { sha256 } from './brief-oracle.js';
import { activate, localUpload, newPath, planFor, prepared } from './local-upload.js';
import { packedInPieces } from './packed-in-pieces.js';
import { zipArchive } from './zip-archive.js';

const { name, email, phone, maid } = CANARIES;
const ROWS = `Name,Email,Phone,MAID\n${`${name},${email},${phone},${maid}\n`.repeat(3)}`;

async function expand(bytes: Buffer): Promise<void> {
  const packing = detectPacking(bytes);
  if (packing === null) throw new Error('not packed');
  for await (const _ of expandUpload(packedInPieces(bytes), packing));
}

async function inspect(content: string | Uint8Array): Promise<unknown> {
  const bytes = await localUpload(content);
  return inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
}

const zipped = (files = 1, encrypted = false) =>
  zipArchive(
    Array.from({ length: files }, (_, n) => ({
      name: `${name} ${n}.csv`,
      content: Buffer.from(ROWS),
      encrypted,
    })),
  );

/** A method of packing that is not read, in both places that name it. */
function bzipped(): Buffer {
  const archive = zipped();
  archive.writeUInt16LE(12, 8);
  archive.writeUInt16LE(12, archive.indexOf('504b0102', 0, 'hex') + 10);
  return archive;
}

/** Every code, by content that holds the canaries; a new code needs a line here to compile. */
const REFUSALS: Readonly<Record<CustomerFileErrorCode, () => Promise<unknown>>> = {
  empty_file: () => inspect('\ufeff'),
  no_rows: () => inspect(`Email,${name}\n\n`),
  not_text: () => inspect(`\x01\x02\x03${ROWS.slice(0, 40)}`),
  unsupported_encoding: () => inspect(Buffer.concat([Buffer.from('fffe0000', 'hex'), Buffer.from(ROWS)])),
  damaged_encoding: () => expand(Buffer.from(`\ufeff${ROWS}`, 'utf16le').subarray(0, -1)),
  damaged_archive: () => expand(gzipSync(ROWS).subarray(0, 60)),
  encrypted_archive: () => expand(zipped(1, true)),
  archive_without_one_file: () => expand(zipped(2)),
  unsupported_archive: () => expand(bzipped()),
  expands_too_far: () => expand(gzipSync(Buffer.alloc(101_000_000, name))),
  malformed_record: () => activate(`${ROWS}"${name},${email}\n`),
  record_too_large: () => activate(`${ROWS}${name.repeat(120_000)},${email}\n`),
  no_identifier_column: () => activate(`Id,Name\n1,${name}\n2,${name}\n`),
  column_not_found: () => activate(ROWS, { columns: { [email]: 'email' } }),
  column_ambiguous: () => activate(ROWS.replace('Phone', 'Email'), { columns: { Email: 'email' } }),
  column_invalid: () => activate(ROWS, { columns: { Phone: { identifier: 'phone', defaultCountry: name } } }),
  too_many_columns: () => activate(`a,b,c,d\n${`${email},${email},${email},${email}\n`.repeat(3)}`),
  identifiers_do_not_fit_audience: async () => {
    const bytes = await localUpload(ROWS);
    const inspection = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
    return chooseLayout(chooseColumns(inspection), [], 'PHONE_SHA256');
  },
  too_large: async () => {
    const { layout } = await planFor(await localUpload(ROWS));
    return rowsPerPart(1e12, 1, layout, 50_000_000);
  },
  part_does_not_match: async () => {
    const bytes = await localUpload(ROWS);
    const part = { index: 0, start: 0, end: bytes.length, firstLine: 1, firstRow: 1, rows: 1 };
    return prepared(bytes, await planFor(bytes), part);
  },
};

const AT = email.indexOf('@');

/** Every reason, by a cell and the identifier that it is read as. */
const REJECTIONS: Readonly<Record<RejectionReason, readonly ['email' | 'phone' | 'maid', string]>> = {
  no_identifier: ['email', ''],
  no_at_sign: ['email', `${name} ${email.slice(0, AT)}`],
  invalid_email: ['email', `${email}@${name}`],
  several_values: ['email', `${email} ${email}`],
  phone_without_country: ['phone', phone.slice(2)],
  invalid_phone: ['phone', `${name} ${phone}`],
  damaged_by_spreadsheet: ['phone', '2.025550142E+11'],
  invalid_maid: ['maid', `${maid}${name}`],
  all_zero_maid: ['maid', '00000000-0000-0000-0000-000000000000'],
  unsupported_hash: ['email', sha256(email).slice(0, 40)],
  hash_of_nothing: ['email', sha256('')],
};

it.each(CUSTOMER_FILE_ERROR_CODES)('the refusal %s repeats nothing of the file', async (code) => {
  const error: unknown = await REFUSALS[code]().catch((thrown: unknown) => thrown);
  if (!(error instanceof CustomerFileError)) throw new Error(`${code} was not refused.`);
  expect(error.code).toBe(code);
  expect(canariesIn(`${error.stack}${JSON.stringify(error.toProblem())}`)).toEqual([]);
});

it.each(REJECTION_REASONS)(
  'a cell that is rejected as %s stands in no list, part, ledger or preview',
  async (reason) => {
    const [identifier, cell] = REJECTIONS[reason];
    const content = `Name,Value\n${`${name},"${cell}"\n`.repeat(3)}`;
    const columns = { '1': identifier } as const;
    const [part] = await activate(content, { columns });
    expect(part?.rejected).toContain(reason);
    expect(canariesIn(JSON.stringify({ ...part, distinct: null }))).toEqual([]);
    const bytes = await localUpload(content);
    const preview = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024', columns });
    expect(canariesIn(JSON.stringify(preview))).toEqual([]);
  },
);

it('a preview masks every value, also of a file whose first row is no header', async () => {
  for (const content of [
    ROWS,
    ROWS.slice(ROWS.indexOf('\n') + 1),
    `${email}\n${email}\n`,
    `${maid}\n${maid}\n`,
  ]) {
    expect(canariesIn(JSON.stringify(await inspect(content)))).toEqual([]);
  }
});

it('a thread that fails says nothing of what it read', async () => {
  // A thread runs JavaScript, so this is the build's.
  const built = fileURLToPath(new URL('../../dist/customer-file/run-in-thread.js', import.meta.url));
  const { preparePartInThread, splitUploadInThread }: typeof RunInThread = await import(built);
  const bytes = await localUpload(ROWS);
  const plan = await planFor(bytes);
  const part = {
    index: 0,
    start: plan.dialect.firstRowOffset,
    end: bytes.length,
    firstLine: 2,
    firstRow: 1,
    rows: 3,
  };
  const paths = { outputPath: newPath(), rejectedPath: newPath() };
  const broken = { ...plan, columns: [] };
  const failures = await Promise.allSettled([
    splitUploadInThread({ ...bytes, length: bytes.length + 1 }, plan),
    preparePartInThread({ source: bytes, plan: broken, part, ...paths }),
    preparePartInThread({ source: bytes, plan, part, outputPath: '/nowhere/part', rejectedPath: newPath() }),
    preparePartInThread({
      source: bytes,
      plan,
      part: { ...part, rows: 7 },
      outputPath: newPath(),
      rejectedPath: newPath(),
    }),
  ]);
  for (const failure of failures) {
    if (failure.status !== 'rejected') throw new Error('The thread did not fail.');
    expect(canariesIn(`${failure.reason.stack}${JSON.stringify(failure.reason)}`)).toEqual([]);
  }
  await expect(readFile(paths.outputPath)).rejects.toMatchObject({ code: 'ENOENT' });
});
