import { describeRejection } from './identifiers/describe-rejection.js';
import { IDENTIFIERS, type Identifier } from './identifiers/identifier.js';
import { REJECTION_REASONS, type RejectionReason } from './identifiers/rejection-reasons.js';
import type { Inspection } from './inspection.js';
import type { IdentifierLedger, PartLedger } from './ledger.js';
import type { IdentifierColumn } from './plan.js';

/** What is known of a file whose rows are rejected: counts, never a value. */
export interface RejectedFile {
  readonly ledger: PartLedger;
  readonly columns: readonly IdentifierColumn[];
  readonly inspection: Pick<Inspection, 'columns' | 'sample'>;
}

interface Finding {
  readonly identifier: Identifier;
  readonly reason: RejectionReason | 'empty';
  readonly count: number;
  /** Of these cells: all of the identifier for `empty`, else those that are not empty. */
  readonly of: number;
}

const WORDS: Readonly<Record<Identifier, string>> = {
  email: 'e-mail',
  phone: 'phone',
  maid: 'mobile advertising id',
};

const PLURALS: Readonly<Record<Identifier, string>> = {
  email: 'e-mail addresses',
  phone: 'phone numbers',
  maid: 'mobile advertising ids',
};

const MOST_NAMED = 3;
/** From this share on, one reason is the cause and not an accident. */
const TELLING = 0.5;
/** From this share on, rows of another length than most are the cause. */
const MANY_UNEVEN = 0.2;

/** The most frequent reasons with their counts, as a sentence; empty when no cell was looked at. */
export function countReasons(ledger: PartLedger): string {
  const named = findings(ledger)
    .slice(0, MOST_NAMED)
    .map(({ identifier, reason, count, of }) => {
      const words = reason === 'empty' ? 'empty' : describeRejection(reason).inShort;
      return `${count} of ${of} ${WORDS[identifier]} cells: ${words}`;
    });
  return named.length === 0 ? '' : `Counted: ${named.join('; ')}.`;
}

/**
 * Why most rows of a file are rejected, and what to do, in one or two sentences for the owner of the file. Derived from
 * counts. Null where no reason stands out.
 */
export function likelyCause(file: RejectedFile): string | null {
  const telling = findings(file.ledger).filter(({ count, of }) => count >= of * TELLING);
  // A column that is mostly empty is usual beside another that has the values.
  const main = telling.find(({ reason }) => reason !== 'empty') ?? telling[0];
  if (main === undefined) return null;
  return shiftedRows(file, main) ?? causeOf(file, main);
}

/** Most frequent first. */
function findings({ identifiers }: PartLedger): Finding[] {
  return IDENTIFIERS.flatMap((identifier) => {
    const counts = identifiers[identifier];
    return counts === undefined ? [] : findingsOf(identifier, counts);
  }).sort((a, b) => b.count - a.count);
}

function findingsOf(identifier: Identifier, { cells, empty, rejected }: IdentifierLedger): Finding[] {
  const reasons = REJECTION_REASONS.map((reason): Finding => {
    return { identifier, reason, count: rejected[reason] ?? 0, of: cells - empty };
  });
  return [...reasons, { identifier, reason: 'empty' as const, count: empty, of: cells }].filter(
    ({ count }) => count > 0,
  );
}

/** Cells that are of another kind than their column, in a file whose rows have different lengths. */
function shiftedRows({ inspection }: RejectedFile, { reason }: Finding): string | null {
  const { rows, unevenRows } = inspection.sample;
  const ofAnotherKind = ['no_at_sign', 'invalid_phone', 'invalid_maid', 'empty'].includes(reason);
  if (!ofAnotherKind || unevenRows === 0 || unevenRows < rows * MANY_UNEVEN) return null;
  return `The file seems shifted: ${unevenRows} of ${rows} rows looked at have fewer or more cells than the others, so values stand in the wrong columns. Export it again, with quotation marks around cells that hold the delimiter.`;
}

function causeOf(file: RejectedFile, { identifier, reason, count, of }: Finding): string {
  const where = columnsOf(file, identifier);
  const share = `${count} of ${of}`;
  const values = PLURALS[identifier];
  switch (reason) {
    case 'no_at_sign':
      return `${where} does not look like e-mail addresses: ${share} cells hold no @. ${betterColumn(file, identifier)}`;
    case 'invalid_phone':
    case 'invalid_maid':
      return `${where} does not look like ${values}: ${share} cells hold something else. ${betterColumn(file, identifier)}`;
    case 'empty':
      return `${where} is empty in ${share} rows. ${betterColumn(file, identifier)}`;
    case 'unsupported_hash':
      return hashCause(file, identifier, share);
    case 'phone_without_country':
      return `The phone numbers in ${lower(where)} have no country code: choose a default country for it.`;
    case 'damaged_by_spreadsheet':
      return `A spreadsheet shortened the phone numbers in ${lower(where)}: export the file again with that column formatted as text.`;
    case 'several_values':
      return `${where} holds several values in one cell: give each value a column of its own.`;
    case 'all_zero_maid':
      return `${where} holds mostly ids of zeros, of people who declined tracking: such rows need another identifier.`;
    case 'hash_of_nothing':
      return `${where} holds mostly the hash of an empty text: empty cells were hashed. Leave them empty when hashing.`;
    case 'invalid_email':
      return `${where} holds damaged e-mail addresses: export it again, one whole address in a cell.`;
    case 'no_identifier':
      return describeRejection(reason).remedy;
  }
}

function hashCause(file: RejectedFile, identifier: Identifier, share: string): string {
  const where = columnsOf(file, identifier);
  const isMd5 = columnIndexes(file, identifier).some((index) => {
    const counts = file.inspection.columns[index]?.counts;
    return counts !== undefined && counts.md5 > counts.sha256 + counts.plain + counts.otherHash;
  });
  const what = isMd5 ? 'is hashed with MD5' : 'is hashed in another way than this audience takes';
  const taken =
    identifier === 'maid'
      ? 'all ids of an audience must be hashed alike'
      : 'TikTok takes only SHA-256 for it';
  return `${where} ${what} (${share} cells), and ${taken}. Hash with SHA-256 and write 64 hexadecimal digits, or provide the plain values.`;
}

/** Where the values that were looked for seem to be, by what the inspection proposes. */
function betterColumn({ columns, inspection }: RejectedFile, identifier: Identifier): string {
  const better = inspection.columns.find(
    ({ index, proposal }) =>
      proposal?.identifier === identifier &&
      proposal.certainty !== 'doubtful' &&
      !columns.some((column) => column.index === index),
  );
  return better === undefined
    ? `Map the column that holds ${PLURALS[identifier]}.`
    : `Column ${better.index + 1} seems to hold ${PLURALS[identifier]}: map that one.`;
}

function columnIndexes({ columns }: RejectedFile, identifier: Identifier): number[] {
  return columns.filter((column) => column.identifier === identifier).map(({ index }) => index);
}

/** Columns are counted from 1 here, as a spreadsheet shows them. Header text can be somebody's data. */
function columnsOf(file: RejectedFile, identifier: Identifier): string {
  const [only, ...others] = columnIndexes(file, identifier);
  return only === undefined || others.length > 0
    ? `What is mapped to ${PLURALS[identifier]}`
    : `Column ${only + 1}`;
}

function lower(where: string): string {
  return `${where.charAt(0).toLowerCase()}${where.slice(1)}`;
}
