import { CustomerFileError } from './customer-file-error.js';

interface Kind {
  readonly name: string;
  readonly magic: Buffer;
  readonly remedy: string;
}

const EXPORT_AS_CSV = 'Export the customer list as a CSV file and upload that.';

const KINDS: readonly Kind[] = [
  { name: 'a PNG picture', magic: Buffer.from('89504e47', 'hex'), remedy: EXPORT_AS_CSV },
  { name: 'a JPEG picture', magic: Buffer.from('ffd8ff', 'hex'), remedy: EXPORT_AS_CSV },
  { name: 'a GIF picture', magic: Buffer.from('GIF8'), remedy: EXPORT_AS_CSV },
  { name: 'a PDF document', magic: Buffer.from('%PDF'), remedy: EXPORT_AS_CSV },
  {
    name: 'a gzip archive',
    magic: Buffer.from('1f8b', 'hex'),
    remedy: 'Unpack it and upload the CSV file in it.',
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

const ZIP = Buffer.from('504b0304', 'hex');
/** Names of entries that stand near the beginning of every workbook of Excel since 2007. */
const WORKBOOK_ENTRY = /\[Content_Types\]\.xml|xl\/|docProps\//;

/** More than this share of control characters is no text. */
const MAX_CONTROL_SHARE = 0.05;

/** Throws `not_text` or `unsupported_encoding` when the first bytes of a file are no text that can be read as it is. */
export function refuseBinary(head: Buffer): void {
  if (isUtf16(head)) {
    throw new CustomerFileError(
      'unsupported_encoding',
      'The file is encoded as UTF-16, which cannot be read here. Save it again as "CSV UTF-8" and upload that file.',
    );
  }
  if (head.subarray(0, ZIP.length).equals(ZIP))
    throw WORKBOOK_ENTRY.test(head.toString('latin1')) ? workbook() : zip();
  const kind = KINDS.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (kind !== undefined) throw notText(`The file is ${kind.name}, not a CSV or text file. ${kind.remedy}`);
  if (head.includes(0) || controlShare(head) > MAX_CONTROL_SHARE) {
    throw notText(`The file holds binary data, not text. ${EXPORT_AS_CSV}`);
  }
}

function isUtf16(head: Buffer): boolean {
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return true;
  if (head.length < 4) return false;
  // Without a mark: Latin text in UTF-16 has a zero in every second byte.
  const looked = head.subarray(0, 1024);
  const zeros = [0, 0];
  for (const [position, byte] of looked.entries())
    if (byte === 0) zeros[position % 2] = (zeros[position % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = looked.length / 2;
  return (even > 0.4 * half && odd < 0.05 * half) || (odd > 0.4 * half && even < 0.05 * half);
}

function controlShare(head: Buffer): number {
  let controls = 0;
  for (const byte of head) if (byte < 0x09 || (byte > 0x0d && byte < 0x20)) controls++;
  return controls / head.length;
}

function zip(): CustomerFileError {
  return notText(
    'The file is a zip archive, not a CSV or text file. Unpack it and upload the CSV file in it.',
  );
}

function workbook(): CustomerFileError {
  return notText(
    'The file is an Excel workbook (.xlsx), not a CSV or text file. In Excel choose "Save as", then "CSV UTF-8", and upload that file.',
  );
}

function notText(message: string): CustomerFileError {
  return new CustomerFileError('not_text', message);
}
