import { CustomerFileError } from './customer-file-error.js';

interface Kind {
  readonly name: string;
  readonly magic: Buffer;
  readonly remedy: string;
}

const EXPORT_AS_CSV = 'Export the customer list as a CSV file and upload that.';

/** Two letters of it can also begin a text: `PK` is the name of a column. */
const ZIP_MAGIC = Buffer.from('504b0304', 'hex');

const KINDS: readonly Kind[] = [
  { name: 'a PNG picture', magic: Buffer.from('89504e47', 'hex'), remedy: EXPORT_AS_CSV },
  { name: 'a JPEG picture', magic: Buffer.from('ffd8ff', 'hex'), remedy: EXPORT_AS_CSV },
  { name: 'a GIF picture', magic: Buffer.from('GIF8'), remedy: EXPORT_AS_CSV },
  { name: 'a PDF document', magic: Buffer.from('%PDF'), remedy: EXPORT_AS_CSV },
  // gzip and zip are unpacked before a file comes here: these were packed twice, or cannot be unpacked.
  {
    name: 'a gzip archive inside of another one',
    magic: Buffer.from('1f8b', 'hex'),
    remedy: 'Pack it once only, or upload the CSV file itself.',
  },
  {
    name: 'a zip archive inside of another one',
    magic: ZIP_MAGIC,
    remedy: 'Pack it once only, or upload the CSV file itself.',
  },
  {
    name: 'a 7z archive',
    magic: Buffer.from('377abcaf271c', 'hex'),
    remedy: 'Unpack it and upload the CSV file in it.',
  },
  {
    name: 'a RAR archive',
    magic: Buffer.from('526172211a07', 'hex'),
    remedy: 'Unpack it and upload the CSV file in it.',
  },
  {
    name: 'a bzip2 archive',
    magic: Buffer.from('425a68', 'hex'),
    remedy: 'Unpack it and upload the CSV file in it.',
  },
  {
    name: 'a Zstandard archive',
    magic: Buffer.from('28b52ffd', 'hex'),
    remedy: 'Unpack it and upload the CSV file in it.',
  },
  { name: 'a Parquet file', magic: Buffer.from('PAR1'), remedy: EXPORT_AS_CSV },
  {
    name: 'an Excel workbook (.xls)',
    magic: Buffer.from('d0cf11e0', 'hex'),
    remedy: 'In Excel choose "Save as", then "CSV UTF-8", and upload that file.',
  },
];

/** In a tape archive the first file's header says so at this place. */
const TAR_MAGIC = Buffer.from('ustar');
const TAR_MAGIC_OFFSET = 257;

const UTF_32_MARKS = ['fffe0000', '0000feff'].map((hex) => Buffer.from(hex, 'hex'));

/** Names of entries that stand near the beginning of every workbook of Excel since 2007. */
const WORKBOOK_ENTRY = /\[Content_Types\]\.xml|xl\/|docProps\//;

/** More than this share of control characters is no text. */
const MAX_CONTROL_SHARE = 0.05;

/** Throws `not_text` or `unsupported_encoding` when the first bytes of a file are no text that can be read as it is. */
export function refuseBinary(head: Buffer): void {
  if (UTF_32_MARKS.some((mark) => beginsWith(head, mark))) {
    throw new CustomerFileError(
      'unsupported_encoding',
      'The file is encoded as UTF-32, which cannot be read here. Save it again as "CSV UTF-8" and upload that file.',
    );
  }
  if (beginsWith(head, ZIP_MAGIC) && WORKBOOK_ENTRY.test(head.toString('latin1'))) throw workbook();
  const kind = KINDS.find(({ magic }) => beginsWith(head, magic));
  if (kind !== undefined) throw notText(`The file is ${kind.name}, not a CSV or text file. ${kind.remedy}`);
  if (head.subarray(TAR_MAGIC_OFFSET, TAR_MAGIC_OFFSET + TAR_MAGIC.length).equals(TAR_MAGIC)) {
    throw notText(
      'The file is a tar archive, not a CSV or text file. Unpack it and upload the CSV file in it.',
    );
  }
  if (head.includes(0) || controlShare(head) > MAX_CONTROL_SHARE) {
    throw notText(`The file holds binary data, not text. ${EXPORT_AS_CSV}`);
  }
}

function beginsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}

function controlShare(head: Buffer): number {
  let controls = 0;
  for (const byte of head) if (byte < 0x09 || (byte > 0x0d && byte < 0x20)) controls++;
  return controls / head.length;
}

export function workbook(): CustomerFileError {
  return notText(
    'The file is an Excel workbook (.xlsx), not a CSV or text file. In Excel choose "Save as", then "CSV UTF-8", and upload that file.',
  );
}

export function openDocument(): CustomerFileError {
  return notText(
    'The file is an OpenDocument file (.ods), not a CSV or text file. In LibreOffice choose "Save as", then "Text CSV" with UTF-8, and upload that file.',
  );
}

function notText(message: string): CustomerFileError {
  return new CustomerFileError('not_text', message);
}
