import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expandedKey, rejectedPrefix, uploadKey } from '../../activation/object-keys.js';
import type { Database } from '../../database/open-database.js';
import { keptPreparations, preparationIdsOf, preparationsWithUpload } from '../../database/preparations.js';
import {
  completeUpload,
  findUpload,
  giveUpUpload,
  incompleteUploads,
  type UploadRow,
} from '../../database/uploads.js';
import type { Logger } from '../../logger.js';
import { deleteObjects } from '../../storage/delete-objects.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { Problem } from '../http/problem.js';
import { sweepUnusedPreparations } from '../sweeps/unused-preparations.js';

/** For a sweep that ends no lease because of its age. */
const NEVER = new Date(0);

/**
 * Uploads between their first byte and their place in the object store. While it is received, an upload is a file in
 * `incoming` whose length is the truth about what arrived. API processes on one database may share that folder.
 */
export interface Uploads {
  readonly incoming: string;

  /** The upload, finished if it is whole; undefined for one that is unknown or removed. */
  find(id: string): Promise<UploadRow | undefined>;

  /** Bytes of an incomplete upload that are here; null when nothing of it is, not even a file without bytes. */
  bytesHere(id: string): Promise<number | null>;

  /** The same for whoever looks: what was noted last of one whose bytes are elsewhere, as those of a form are. */
  receivedBytes(upload: Pick<UploadRow, 'id' | 'received'>): Promise<number>;

  /**
   * Brings an upload that is whole to its place and records it as complete, whatever part of that was done before: the
   * process may have died between any two steps. Does nothing for one that is not whole.
   */
  finish(id: string): Promise<void>;

  /** Finishes what was whole when an earlier process died. */
  finishAll(): Promise<void>;

  /** Deletes the content. Throws a 409 problem while an open run uses it. */
  remove(id: string): Promise<void>;

  /** Deletes the content of an upload that no open run uses. Returns whether it did. */
  discard(id: string): Promise<boolean>;
}

export function createUploads(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  /** A folder on the disk of the store, for what is being received. */
  readonly incoming: string;
  readonly logger: Logger;
}): Uploads {
  const { db, store, incoming, logger } = deps;
  const finishing = new Map<string, Promise<void>>();

  const incomingPath = (id: string) => join(incoming, id);

  /** Two processes may publish one upload at a time: a read of it, or the sweep, finishes what another process receives. */
  async function publish(id: string): Promise<void> {
    try {
      await store.publish(uploadKey(id), incomingPath(id));
    } catch (error) {
      // Without its file the other process was faster, and the object is there.
      if ((await sizeOfFile(incomingPath(id))) !== null) throw error;
    }
  }

  async function finishOnce(id: string): Promise<void> {
    const upload = await findUpload(db, id);
    if (upload === undefined || upload.completed_at !== null || upload.removed_at !== null) return;
    const key = uploadKey(id);
    if ((await sizeOfFile(incomingPath(id))) === upload.size) await publish(id);
    const published = await store.stat(key);
    if (published === null) return;
    await completeUpload(db, id, { size: published.size, digest: await store.digest(key) });
    logger.info({ uploadId: id, bytes: published.size }, 'upload complete');
  }

  const uploads: Uploads = {
    incoming,

    async find(id) {
      const upload = await findUpload(db, id);
      if (upload === undefined || upload.removed_at !== null) return undefined;
      if (upload.completed_at !== null) return upload;
      await uploads.finish(id);
      return findUpload(db, id);
    },

    async bytesHere(id) {
      const onDisk = await sizeOfFile(incomingPath(id));
      if (onDisk !== null) return onDisk;
      return (await store.stat(uploadKey(id)))?.size ?? null;
    },

    async receivedBytes({ id, received }) {
      return (await uploads.bytesHere(id)) ?? received;
    },

    async finish(id) {
      const running = finishing.get(id) ?? finishOnce(id).finally(() => finishing.delete(id));
      finishing.set(id, running);
      await running;
    },

    async finishAll() {
      for (const { id } of await incompleteUploads(db)) {
        try {
          await uploads.finish(id);
        } catch (error) {
          logger.warn({ err: error, uploadId: id }, 'an upload that is whole could not be finished yet');
        }
      }
    },

    async remove(id) {
      if (!(await uploads.discard(id))) {
        throw new Problem({
          status: 409,
          code: 'upload_in_use',
          title: 'The upload is in use',
          detail:
            'An activation that is not finished uses this upload. Cancel it first, or wait for its end.',
        });
      }
    },

    async discard(id) {
      await finishing.get(id);
      // First the mark, so that no activation is accepted from here on. What a deletion that is cut off leaves behind
      // belongs to nobody then, and the sweep of stray objects and files takes it.
      if (!(await giveUpUpload(db, id))) return false;
      await rm(incomingPath(id), { force: true });
      await store.delete(uploadKey(id));
      await store.delete(expandedKey(id));
      // Before its lists are deleted, no run can begin to share a preparation any more.
      await sweepUnusedPreparations(deps, NEVER);
      const preparations = await preparationIdsOf(db, id);
      const kept = new Set([
        ...(await preparationsWithUpload(db, preparations)),
        ...(await keptPreparations(db, preparations)),
      ]);
      for (const preparation of preparations) {
        if (!kept.has(preparation)) await deleteObjects(store, rejectedPrefix(preparation));
      }
      return true;
    },
  };
  return uploads;
}

/** Null when there is no such file. */
async function sizeOfFile(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
