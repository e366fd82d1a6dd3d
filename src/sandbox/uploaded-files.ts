import { sameType } from './calculate-type.js';
import { refusals } from './invented.js';
import { fileTrouble } from './operation-files.js';
import type { World } from './world.js';

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
    const refusal = fileTrouble(file, advertiserId, world.clock.now());
    if (refusal !== null) throw refusal;
    if (settings.calculateTypeMismatch === 'refused' && !sameType(file?.calculateType, calculateType)) {
      throw refusals.typeMismatch();
    }
  }
}
