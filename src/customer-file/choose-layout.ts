import { CustomerFileError } from './customer-file-error.js';
import type { Identifier } from './identifiers/identifier.js';
import type { ColumnForm } from './inspection.js';
import type {
  CalculateType,
  DigestAlgorithm,
  OutputField,
  OutputHeader,
  OutputLayout,
} from './output-layout.js';
import type { IdentifierColumn } from './plan.js';

/** Types of a file that holds one hashed value a line, with what the values are. */
const SINGLE_TYPES: Readonly<
  Record<
    Exclude<CalculateType, 'MULTIPLE_TYPES'>,
    { readonly identifier: Identifier; readonly digest: DigestAlgorithm }
  >
> = {
  EMAIL_SHA256: { identifier: 'email', digest: 'sha256' },
  PHONE_SHA256: { identifier: 'phone', digest: 'sha256' },
  IDFA_SHA256: { identifier: 'maid', digest: 'sha256' },
  IDFA_MD5: { identifier: 'maid', digest: 'md5' },
  GAID_SHA256: { identifier: 'maid', digest: 'sha256' },
  GAID_MD5: { identifier: 'maid', digest: 'md5' },
  FIRST_SHA256: { identifier: 'maid', digest: 'sha256' },
  FIRST_MD5: { identifier: 'maid', digest: 'md5' },
};

const WORDS: Readonly<Record<Identifier, string>> = {
  email: 'e-mail addresses',
  phone: 'phone numbers',
  maid: 'mobile advertising ids',
};

/**
 * The shape of the parts: all files of an audience, and every later update of it, share one `calculate_type`. Plain
 * MAIDs are hashed although TikTok would take them, so that no plain value is ever stored.
 *
 * `forms` stands beside `columns`: what `columnForms` says of each. `target` is the type of the audience to change;
 * null for a new one. Throws `identifiers_do_not_fit_audience`, and `no_identifier_column` without any column.
 */
export function chooseLayout(
  columns: readonly IdentifierColumn[],
  forms: readonly ColumnForm[],
  target: CalculateType | null,
): OutputLayout {
  const [first, ...others] = columns.map((column, position) =>
    outputField(column, forms[position], position),
  );
  if (first === undefined) {
    throw new CustomerFileError(
      'no_identifier_column',
      'No column is mapped to an identifier. Map at least one.',
    );
  }
  if (target === 'MULTIPLE_TYPES') return { calculateType: target, fields: [first, ...others] };
  if (target === null) {
    return others.length === 0
      ? { calculateType: singleType(first), fields: [first] }
      : { calculateType: 'MULTIPLE_TYPES', fields: [first, ...others] };
  }

  const wanted = SINGLE_TYPES[target];
  if (others.length > 0) {
    throw new CustomerFileError(
      'identifiers_do_not_fit_audience',
      `The audience takes ${WORDS[wanted.identifier]} from one column only (its type is ${target}), and ${columns.length} columns are mapped. Map one column, or create a new audience.`,
    );
  }
  if (first.identifier !== wanted.identifier) {
    throw new CustomerFileError(
      'identifiers_do_not_fit_audience',
      `The audience takes ${WORDS[wanted.identifier]} (its type is ${target}), and the mapped column holds ${WORDS[first.identifier]}. Map another column, or create a new audience.`,
    );
  }
  const form = forms[0];
  if ((form === 'sha256' || form === 'md5') && form !== wanted.digest) {
    throw new CustomerFileError(
      'identifiers_do_not_fit_audience',
      `The audience takes ${WORDS[wanted.identifier]} hashed with ${nameOf(wanted.digest)} (its type is ${target}), and the file has them hashed with ${nameOf(form)}. Provide them plain or hashed that way, or create a new audience.`,
    );
  }
  return { calculateType: target, fields: [withDigest(first, wanted.digest)] };
}

function outputField(column: IdentifierColumn, form: ColumnForm | undefined, position: number): OutputField {
  const digest = column.identifier === 'maid' && form === 'md5' ? 'md5' : 'sha256';
  return {
    column: position,
    identifier: column.identifier,
    digest,
    header: headerOf(column.identifier, digest),
  };
}

function withDigest(field: OutputField, digest: DigestAlgorithm): OutputField {
  return { ...field, digest, header: headerOf(field.identifier, digest) };
}

function headerOf(identifier: Identifier, digest: DigestAlgorithm): OutputHeader {
  switch (identifier) {
    case 'email':
      return 'email_SHA256';
    case 'phone':
      return 'phone_SHA256';
    case 'maid':
      return digest === 'md5' ? 'MAID_MD5' : 'MAID_SHA256';
  }
}

/** `FIRST_…` is TikTok's name for IDFAs and GAIDs in one file. */
function singleType(field: OutputField): CalculateType {
  switch (field.identifier) {
    case 'email':
      return 'EMAIL_SHA256';
    case 'phone':
      return 'PHONE_SHA256';
    case 'maid':
      return field.digest === 'md5' ? 'FIRST_MD5' : 'FIRST_SHA256';
  }
}

function nameOf(digest: DigestAlgorithm): string {
  return digest === 'md5' ? 'MD5' : 'SHA-256';
}
