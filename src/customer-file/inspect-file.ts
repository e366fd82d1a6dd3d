import { chooseColumns, type RequestedColumns } from './choose-columns.js';
import { chooseLayout } from './choose-layout.js';
import { cellsByColumn } from './column-statistics.js';
import { CustomerFileError } from './customer-file-error.js';
import { describeColumns } from './describe-columns.js';
import { isHeader } from './detect-header.js';
import { type FileWarning, fewPeople } from './few-people.js';
import type { NormalizationProfile } from './identifiers/profiles.js';
import { columnForms, type InspectedColumn, type Inspection, type Prediction } from './inspection.js';
import { maskValue } from './mask-value.js';
import { SAFE_PART_BYTES } from './part-size.js';
import type { IdentifierColumn, LocalBytes } from './plan.js';
import { predictParts } from './predict-parts.js';
import { isFilled, readSample, SAMPLE_BYTES, type Sample, type SampleRecord } from './read-sample.js';
import { MAX_RECORD_BYTES } from './record-limits.js';
import { accountSample, countUneven, type SampleAccount } from './sample-account.js';
import { sampleValues } from './sample-values.js';

/** No more of a file than this is ever looked at. */
export const INSPECTED_BYTES = SAMPLE_BYTES + MAX_RECORD_BYTES;

const FIRST_ROWS = 5;

export interface InspectOptions {
  readonly normalization: NormalizationProfile;
  /** What the preview is made with, instead of what would be proposed. */
  readonly columns?: RequestedColumns | undefined;
  /** What parts are predicted with; the default of a plan unless it is given. */
  readonly partBytes?: number | undefined;
}

/**
 * Looks at the first rows of a customer file (about 256 KB, whatever its size): how it is written, what its columns
 * are, what would become of the rows, how many parts they will make. `bytes` begins with the upload's first byte; of a
 * long file its first `INSPECTED_BYTES` are enough.
 *
 * Throws `CustomerFileError` when the file cannot be read, when it has no row, or when `columns` does not fit it.
 */
export async function inspectFile(
  bytes: LocalBytes,
  fileSize: number,
  { normalization, columns: requested, partBytes = SAFE_PART_BYTES }: InspectOptions,
): Promise<Inspection> {
  const sample = await readSample(bytes, fileSize);
  const { header, behind } = findHeader(sample);
  const rows = behind.filter(isFilled).map(({ cells }) => cells);
  if (rows.length === 0) throw noRows(header);

  // There are as many columns as the header or the longest row has.
  const count = rows.reduce((most, row) => Math.max(most, row.length), header?.cells.length ?? 0);
  const cells = cellsByColumn(rows, count);
  const described = describeColumns(header?.cells ?? null, cells, rows.length, sample.complete);
  const chosen = chosenColumns(described, requested);
  const columns = described.map((column) => {
    const sent = chosen.find(({ index }) => index === column.index) ?? asProposed(column);
    if (sent === null) return column;
    return { ...column, ...sampleValues(cells[column.index] ?? [], sent, column.form, normalization) };
  });
  const firstRowOffset = header?.end ?? sample.start;
  const layout =
    chosen.length === 0 ? null : chooseLayout(chosen, columnForms({ columns: described }, chosen), null);
  const sampled = { rows: behind.length, bytes: (behind.at(-1)?.end ?? firstRowOffset) - firstRowOffset };
  const account = layout === null ? null : accountSample(behind, layout, chosen, normalization);
  const bytesOfRows = sample.complete ? sampled.bytes : fileSize - firstRowOffset;
  const predicted = layout === null ? null : predictParts(sampled, bytesOfRows, layout, partBytes);
  return {
    dialect: {
      encoding: sample.encoding,
      delimiter: sample.delimiter,
      header: header !== null,
      firstRowOffset,
      firstRowLine: header?.nextLine ?? sample.firstLine,
    },
    columns,
    chosen,
    firstRows: rows.slice(0, FIRST_ROWS).map((cells) => cells.map(maskValue)),
    sample: {
      rows: behind.length,
      unevenRows: countUneven(header?.cells ?? null, rows),
      complete: sample.complete,
      ledger: account?.ledger ?? null,
    },
    predicted,
    warnings: warningsFor(account, predicted, behind.length),
  };
}

/** People are taken to go on as in the sample, as the rows are. */
function warningsFor(
  account: SampleAccount | null,
  predicted: Prediction | null,
  sampledRows: number,
): FileWarning[] {
  if (account === null || predicted === null) return [];
  const warning = fewPeople(Math.round((account.people * predicted.rows) / sampledRows));
  return warning === null ? [] : [warning];
}

/** Blank lines above the header are no rows; without a header they are. */
function findHeader({ records }: Sample): { header: SampleRecord | null; behind: readonly SampleRecord[] } {
  const position = records.findIndex(isFilled);
  const first = records[position];
  if (first === undefined) return { header: null, behind: records };
  const behind = records.slice(position + 1);
  const isOne = isHeader(
    first.cells,
    behind.filter(isFilled).map(({ cells }) => cells),
  );
  return isOne ? { header: first, behind } : { header: null, behind: records };
}

function noRows(header: SampleRecord | null): CustomerFileError {
  return new CustomerFileError(
    'no_rows',
    header === null
      ? 'The file has blank lines only. Upload a file with customers in it.'
      : 'The file has a header and no customers below it. Upload a file with customers in it.',
  );
}

/** Without a wish, a file whose columns a person must choose is no error yet: the inspection is what shows them. */
function chosenColumns(
  columns: readonly InspectedColumn[],
  requested: RequestedColumns | undefined,
): readonly IdentifierColumn[] {
  if (requested !== undefined) return chooseColumns({ columns }, requested);
  try {
    return chooseColumns({ columns });
  } catch (error) {
    if (error instanceof CustomerFileError) return [];
    throw error;
  }
}

function asProposed({ index, proposal }: InspectedColumn): IdentifierColumn | null {
  return proposal === null ? null : { index, identifier: proposal.identifier };
}
