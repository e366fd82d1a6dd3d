import { sameType } from './calculate-type.js';
import { FILE_LIFETIME_MS, refusals } from './invented.js';
import type { StoredFile } from './state.js';
import type { World } from './world.js';

/**
 * The files of these paths, for an operation on an audience of this advertiser.
 *
 * @throws Refusal 40905 for a path that is unknown or was uploaded by another advertiser, 40910 for an expired one
 */
export function usableFiles(world: World, advertiserId: string, filePaths: readonly string[]): StoredFile[] {
  const { files } = world.store.current;
  return filePaths.map((filePath) => {
    const file = Object.hasOwn(files, filePath) ? files[filePath] : undefined;
    if (file === undefined || file.advertiserId !== advertiserId) throw refusals.unknownFile();
    if (world.clock.now() >= file.uploadedAt + FILE_LIFETIME_MS) throw refusals.expiredFile();
    return file;
  });
}

/** Refuses files of another type, when the settings say that this is found at once. */
export function checkTypes(world: World, files: readonly StoredFile[], calculateType: string): void {
  if (world.store.current.settings.calculateTypeMismatch !== 'refused') return;
  if (files.some((file) => !sameType(file.calculateType, calculateType))) throw refusals.typeMismatch();
}
