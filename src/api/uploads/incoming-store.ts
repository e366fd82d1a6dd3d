import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { ERRORS, Upload } from '@tus/server';
import { readDatabaseTime } from '../../database/clock.js';
import type { Database } from '../../database/open-database.js';
import { findUpload, insertUpload, recordReceived, type UploadRow } from '../../database/uploads.js';
import { INCOMPLETE_LIFETIME_MS } from './upload-lifetime.js';
import type { Uploads } from './uploads.js';

const LONGEST_FILENAME = 255;

/**
 * tus's file store, with the table of uploads for its notes: an upload's row is made with its file, and complete
 * uploads, whose file has gone to the object store, are still known.
 */
export class IncomingStore extends FileStore {
  readonly #deps: { readonly db: Database; readonly uploads: Uploads };

  constructor(deps: { readonly db: Database; readonly uploads: Uploads }) {
    super({
      directory: deps.uploads.incoming,
      expirationPeriodInMilliseconds: INCOMPLETE_LIFETIME_MS,
      configstore: {
        get: async () => undefined,
        set: (id, upload) =>
          insertUpload(deps.db, { id, filename: filenameOf(upload), size: upload.size ?? 0 }),
        delete: async () => undefined,
      },
    });
    this.#deps = deps;
    // Not `creation-defer-length`: free space is checked against the announced size.
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override async getUpload(id: string): Promise<Upload> {
    const { db, uploads } = this.#deps;
    const row = await this.#requireUpload(id);
    const complete = row.completed_at !== null;
    const offset = complete ? row.size : await uploads.bytesHere(id);
    // Its file was lost, so that nothing can be added to it: the client is to begin anew.
    if (offset === null) throw ERRORS.FILE_NO_LONGER_EXISTS;
    return new Upload({
      id,
      size: row.size,
      offset,
      ...(row.filename === null ? {} : { metadata: { filename: row.filename } }),
      // tus counts the expiry from here. Ours counts from the last progress, and only for incomplete uploads.
      creation_date: new Date(Date.now() - (complete ? 0 : await sinceProgress(db, row))).toISOString(),
    });
  }

  /** In place of tus's own, which keeps the reason of a failure to itself: a full disk is not a fault of ours. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const { db, uploads } = this.#deps;
    const row = await findUpload(db, id);
    // An upload is immutable once it is complete; tus lets at most an empty request come this far.
    if (row?.completed_at != null) return offset;
    const file = createWriteStream(join(this.directory, id), { flags: 'r+', start: offset });
    try {
      await pipeline(stream, file);
      return offset + file.bytesWritten;
    } finally {
      if (row !== undefined) await recordReceived(db, id, await uploads.receivedBytes(row));
    }
  }

  override async remove(id: string): Promise<void> {
    await this.#requireUpload(id);
    await this.#deps.uploads.remove(id);
  }

  async #requireUpload(id: string): Promise<UploadRow> {
    const row = await findUpload(this.#deps.db, id);
    if (row === undefined) throw ERRORS.FILE_NOT_FOUND;
    if (row.removed_at !== null) throw ERRORS.FILE_NO_LONGER_EXISTS;
    return row;
  }
}

/** The last part of the path that a browser may send, without control characters. */
function filenameOf(upload: Upload): string | null {
  const name = upload.metadata?.['filename'];
  return name == null ? null : cleanFilename(name);
}

export function cleanFilename(name: string): string | null {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, LONGEST_FILENAME);
  return clean === '' ? null : clean;
}

/** In milliseconds, by the clock that recorded it: tus compares with the one of this machine, which may be wrong. */
async function sinceProgress(db: Database, row: UploadRow): Promise<number> {
  return (await readDatabaseTime(db)).getTime() - row.progressed_at.getTime();
}
