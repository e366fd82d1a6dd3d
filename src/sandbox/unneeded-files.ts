import { fileTrouble } from './operation-files.js';
import type { StateStore } from './state.js';
import type { Audience } from './state-schema.js';

/** The files that its content is computed from, or may be. Those before a REPLACE stay too, for who checks its history. */
function namedFiles(audience: Audience): string[] {
  return audience.operations
    .filter((operation) => operation.state !== 'failed')
    .flatMap((operation) => operation.filePaths);
}

/**
 * Deletes the bytes that nobody needs: hashed customers should not pile up in a folder that is never looked at. Needed
 * are those of a file that the API still takes, or that an audience names. What is known of a file stays, so that the API
 * goes on telling an expired path from one that never was.
 */
export function deleteUnneededFiles(store: StateStore, now: number): void {
  const { audiences, files } = store.current;
  const named = new Set(audiences.flatMap(namedFiles));
  for (const filePath of store.heldFiles()) {
    const file = files[filePath];
    // One without an entry came just before a kill, and its path was never answered.
    const needed =
      file !== undefined && (named.has(filePath) || fileTrouble(file, file.advertiserId, now) === null);
    if (!needed) store.deleteBytes(filePath);
  }
}

/** Deletes audiences, and at once the files that only they named: who deletes a list does not expect it to stay a day. */
export function deleteAudiences(store: StateStore, gone: readonly Audience[], now: number): void {
  const state = store.current;
  state.audiences = state.audiences.filter((audience) => !gone.includes(audience));
  const named = new Set(state.audiences.flatMap(namedFiles));
  for (const filePath of gone.flatMap(namedFiles)) {
    const file = state.files[filePath];
    if (file !== undefined && !named.has(filePath)) file.forgottenAt ??= now;
  }
  store.save();
  deleteUnneededFiles(store, now);
}
