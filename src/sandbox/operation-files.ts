import { sameType } from './calculate-type.js';
import { FILE_LIFETIME_MS, refusals } from './invented.js';
import type { Refusal } from './refusal.js';
import type { Audience, Operation, StoredFile } from './state-schema.js';

/** Why an operation of this advertiser at this moment cannot use the path; null when it can. */
export function fileTrouble(file: StoredFile | undefined, advertiserId: string, at: number): Refusal | null {
  if (file === undefined || file.advertiserId !== advertiserId) return refusals.unknownFile();
  if (file.forgottenAt !== null && at >= file.forgottenAt) return refusals.unknownFile();
  return at >= file.uploadedAt + FILE_LIFETIME_MS ? refusals.expiredFile() : null;
}

/** The files of an accepted operation, or what is wrong with one of them. */
export function filesOf(
  files: Readonly<Record<string, StoredFile>>,
  audience: Audience,
  operation: Operation,
): StoredFile[] | 'bad_file' | 'wrong_type' {
  const found: StoredFile[] = [];
  for (const filePath of operation.filePaths) {
    const file = Object.hasOwn(files, filePath) ? files[filePath] : undefined;
    if (file === undefined || fileTrouble(file, audience.advertiserId, operation.acceptedAt) !== null) {
      return 'bad_file';
    }
    if (!sameType(file.calculateType, audience.calculateType)) return 'wrong_type';
    found.push(file);
  }
  return found;
}
