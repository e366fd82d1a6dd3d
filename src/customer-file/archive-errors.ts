import { CustomerFileError } from './customer-file-error.js';

const UPLOAD_CSV = 'Unpack it and upload the CSV file in it.';

/** `what`: what was found to be wrong, as a sentence without the file's name. */
export function damagedArchive(what: string): CustomerFileError {
  return new CustomerFileError(
    'damaged_archive',
    `The archive is damaged or was cut off: ${what} Pack the file again, or upload the CSV file itself.`,
  );
}

export function encryptedArchive(): CustomerFileError {
  return new CustomerFileError(
    'encrypted_archive',
    'The zip archive is protected with a password, so it cannot be unpacked here. Pack it without a password, or upload the CSV file itself.',
  );
}

export function notOneFile(files: number): CustomerFileError {
  return new CustomerFileError(
    'archive_without_one_file',
    files === 0
      ? 'The zip archive holds no file. Pack the CSV file with the customers and upload that archive.'
      : `The zip archive holds ${files.toLocaleString('en')} files, and one is needed. Pack one CSV file, or upload the files one after the other.`,
  );
}

export function unsupportedArchive(how: string): CustomerFileError {
  return new CustomerFileError('unsupported_archive', `The zip archive ${how}. ${UPLOAD_CSV}`);
}
