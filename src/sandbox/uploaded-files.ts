import { sameType } from './calculate-type.js';
import { FILE_LIFETIME_MS, refusals } from './invented.js';
import type { Refusal } from './refusal.js';
import type { Audience, Operation, StoredFile } from './state-schema.js';
import type { World } from './world.js';

/** Why an operation of this advertiser at this moment cannot use the path; null when it can. */
function trouble(file: StoredFile | undefined, advertiserId: string, at: number): Refusal | null {
  if (file === undefined || file.advertiserId !== advertiserId) return refusals.unknownFile();
  return at >= file.uploadedAt + FILE_LIFETIME_MS ? refusals.expiredFile() : null;
}

/**
 * That every path can be used for a new operation on an audience of this advertiser, and holds its type where the
 * settings say that this is found at once.
 *
 * @throws Refusal 40905 for a path that is unknown or was uploaded by another advertiser, 40910 for an expired one,
 *   40002 for one of another type
 */
export function requireUsableFiles(
  world: World,
  advertiserId: string,
  filePaths: readonly string[],
  calculateType: string | null,
): void {
  const { files, settings } = world.store.current;
  for (const filePath of filePaths) {
    const file = Object.hasOwn(files, filePath) ? files[filePath] : undefined;
    const refusal = trouble(file, advertiserId, world.clock.now());
    if (refusal !== null) throw refusal;
    if (settings.calculateTypeMismatch === 'refused' && !sameType(file?.calculateType, calculateType)) {
      throw refusals.typeMismatch();
    }
  }
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
    if (file === undefined || trouble(file, audience.advertiserId, operation.acceptedAt) !== null) {
      return 'bad_file';
    }
    if (!sameType(file.calculateType, audience.calculateType)) return 'wrong_type';
    found.push(file);
  }
  return found;
}
