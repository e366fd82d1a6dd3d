import { CustomerFileError } from './customer-file-error.js';
import { IDENTIFIERS, type Identifier } from './identifiers/identifier.js';
import { looksLikeValue } from './identifiers/looks-like-value.js';
import { isPhoneCountry } from './identifiers/number-plans.js';
import type { InspectedColumn, Inspection } from './inspection.js';
import type { IdentifierColumn, IncludeFilter } from './plan.js';

/** What a person asked for a column to be sent as. `defaultCountry`: ISO 3166 alpha-2, for phones only. */
export type RequestedColumn =
  | Identifier
  | { readonly identifier: Identifier; readonly defaultCountry?: string | undefined };

/** By header text, or by digits for an index from 0. */
export type RequestedColumns = Readonly<Record<string, RequestedColumn>>;

export interface RequestedInclude {
  /** Header text, or digits for an index from 0. */
  readonly column: string;
  readonly values: readonly string[];
}

type Columns = Pick<Inspection, 'columns'>;

/** TikTok allows a header up to three times in one file. */
const MAX_COLUMNS_OF_ONE_IDENTIFIER = 3;
const INDEX = /^[0-9]{1,6}$/;

/**
 * The columns to send, ordered by index: those asked for, else those that the inspection proposes as certain or likely.
 * Throws `column_not_found`, `column_ambiguous`, `column_invalid`, `too_many_columns`, `no_identifier_column`.
 */
export function chooseColumns(inspection: Columns, requested?: RequestedColumns): IdentifierColumn[] {
  const asked = requested === undefined ? [] : Object.entries(requested);
  const chosen =
    asked.length > 0 ? asked.map(([key, wish]) => askedFor(inspection, key, wish)) : proposed(inspection);
  const columns = chosen.sort((a, b) => a.index - b.index);
  refuseColumnTwice(columns, inspection);
  refuseTooMany(columns);
  return columns;
}

/** The filters with their columns by index. Throws `column_not_found`, `column_ambiguous`, `column_invalid`. */
export function chooseInclude(inspection: Columns, requested: readonly RequestedInclude[]): IncludeFilter[] {
  return requested.map(({ column, values }) => {
    const found = findColumn(inspection, column);
    if (values.length === 0) {
      throw new CustomerFileError(
        'column_invalid',
        `The filter on ${found.name} names no value. Say which values a row must have to be sent.`,
        { column: found.index },
      );
    }
    return { column: found.index, values: values.map((value) => value.trim().toLowerCase()) };
  });
}

function askedFor(inspection: Columns, key: string, wish: RequestedColumn): IdentifierColumn {
  const { index, name } = findColumn(inspection, key);
  if (typeof wish === 'string') return { index, identifier: wish };
  const { identifier, defaultCountry } = wish;
  if (defaultCountry === undefined) return { index, identifier };
  if (identifier !== 'phone') {
    throw new CustomerFileError(
      'column_invalid',
      `A default country is for phone numbers, and ${name} is mapped to ${identifier}. Leave it out.`,
      { column: index },
    );
  }
  const country = defaultCountry.toUpperCase();
  if (!isPhoneCountry(country)) {
    throw new CustomerFileError(
      'column_invalid',
      `The default country of ${name} is not known. Give its two-letter code, such as DE or US.`,
      { column: index },
    );
  }
  return { index, identifier, defaultCountry: country };
}

function proposed(inspection: Columns): IdentifierColumn[] {
  const columns = inspection.columns.flatMap(({ index, proposal }) =>
    proposal === null || proposal.certainty === 'doubtful'
      ? []
      : [{ index, identifier: proposal.identifier }],
  );
  if (columns.length > 0) return columns;
  const doubtful = inspection.columns.find((column) => column.proposal !== null);
  if (doubtful === undefined || doubtful.proposal === null) {
    throw new CustomerFileError(
      'no_identifier_column',
      'No column with e-mail addresses, phone numbers or mobile advertising ids was found. Say which column holds them.',
    );
  }
  throw new CustomerFileError(
    'no_identifier_column',
    `No column is certain to hold e-mail addresses, phone numbers or mobile advertising ids. ${label(doubtful)} may do: ${doubtful.proposal.reason} Map it yourself if that is right (index ${doubtful.index}).`,
    { column: doubtful.index },
  );
}

function findColumn(inspection: Columns, key: string): InspectedColumn {
  if (INDEX.test(key)) {
    const column = inspection.columns[Number(key)];
    if (column !== undefined) return column;
    throw new CustomerFileError(
      'column_not_found',
      `There is no column with the index ${key}. The file has ${inspection.columns.length} columns; the first has the index 0.`,
    );
  }
  const exact = inspection.columns.filter((column) => column.header === key);
  const wanted = fold(key);
  const found =
    exact.length > 0
      ? exact
      : inspection.columns.filter((column) => column.header !== null && fold(column.header) === wanted);
  const [first, ...others] = found;
  if (first === undefined) {
    const named = looksLikeValue(key) ? 'A column that was named' : `The column "${key}"`;
    throw new CustomerFileError(
      'column_not_found',
      `${named} is not in the header of the file. Name a column as its header does, or by its index from 0.`,
    );
  }
  if (others.length > 0) {
    const indexes = found.map((column) => column.index).join(' and ');
    throw new CustomerFileError(
      'column_ambiguous',
      `The header "${first.name}" occurs ${found.length} times. Name the column by its index from 0 instead: ${indexes}.`,
      { column: first.index },
    );
  }
  return first;
}

function refuseColumnTwice(columns: readonly IdentifierColumn[], inspection: Columns): void {
  const twice = columns.find((column, position) => column.index === columns[position - 1]?.index);
  if (twice === undefined) return;
  throw new CustomerFileError(
    'column_invalid',
    `${label(inspection.columns[twice.index])} is mapped twice. Map it once, by header or by index.`,
    { column: twice.index },
  );
}

function refuseTooMany(columns: readonly IdentifierColumn[]): void {
  for (const identifier of IDENTIFIERS) {
    const count = columns.filter((column) => column.identifier === identifier).length;
    if (count > MAX_COLUMNS_OF_ONE_IDENTIFIER) {
      throw new CustomerFileError(
        'too_many_columns',
        `${count} columns hold values of the kind ${identifier}, and TikTok takes at most ${MAX_COLUMNS_OF_ONE_IDENTIFIER} of one kind. Choose which to send.`,
      );
    }
  }
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}

/** The column as the beginning of a sentence. */
function label(column: InspectedColumn | undefined): string {
  if (column === undefined) return 'A column';
  return column.header === null ? `Column ${column.index + 1}` : `The column "${column.name}"`;
}
