import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreviousUpload, UrlStorage } from 'tus-js-client';

/** The API forgets an upload that no run used after this time; its address is worthless then. */
const KEPT_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

/**
 * Remembers the addresses of uploads that no run has taken over yet, so that a client that was stopped goes on
 * where it was. One file per upload (named by a digest of path, size, time of change and endpoint): two
 * clients at work at the same time cannot spoil each other's notes. Holds no content, and only the owner may read it.
 *
 * @param complain is told of a note that cannot be kept or removed: no reason to give up the upload
 */
export function unfinishedUploads(directory: string, complain: (line: string) => void): UrlStorage {
  async function keep(fingerprint: string, upload: PreviousUpload): Promise<string> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = noteOf(directory, fingerprint);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify({ ...upload, urlStorageKey: path }), { mode: 0o600 });
    await rename(draft, path);
    return path;
  }

  async function findAllUploads(): Promise<PreviousUpload[]> {
    const names = await readdir(directory).catch(() => []);
    const found = await Promise.all(names.filter(isNote).map((name) => readNote(join(directory, name))));
    return found.filter((note) => note !== null);
  }

  return {
    findAllUploads,
    async findUploadsByFingerprint(fingerprint) {
      await dropOld(directory);
      const note = await readNote(noteOf(directory, fingerprint));
      return note === null ? [] : [note];
    },
    async removeUpload(urlStorageKey) {
      try {
        await rm(urlStorageKey, { force: true });
      } catch (error) {
        complain(
          `The note of this upload cannot be removed (${reason(error)}). Remove ${urlStorageKey} yourself, or the same ` +
            'command shows the same run again in place of a new one.',
        );
      }
    },
    async addUpload(fingerprint, upload) {
      try {
        return await keep(fingerprint, upload);
      } catch (error) {
        complain(
          `This upload cannot be noted (${reason(error)}): it goes on, but when this command is stopped, the next one ` +
            'begins anew. XDG_STATE_HOME names another folder for the note.',
        );
        // With an empty key the library neither asks for the note again nor removes it; a rejection it leaves unhandled.
        return '';
      }
    },
  };
}

/**
 * `$XDG_STATE_HOME/activate-audience`, by default below `~/.local/state`. A user without a home has the one that
 * Debian names for that: it never exists.
 */
export function stateDirectory(
  env: Readonly<Record<string, string | undefined>>,
  home: () => string,
): string {
  const base = env['XDG_STATE_HOME'];
  if (base !== undefined && base !== '') return join(base, 'activate-audience');
  return join(homeOr('/nonexistent', home), '.local', 'state', 'activate-audience');
}

function homeOr(none: string, home: () => string): string {
  try {
    return home();
  } catch {
    return none;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function noteOf(directory: string, fingerprint: string): string {
  return join(
    directory,
    `upload-${createHash('sha256').update(fingerprint).digest('hex').slice(0, 32)}.json`,
  );
}

function isNote(name: string): boolean {
  return /^upload-[0-9a-f]{32}\.json/.test(name);
}

/** A note that cannot be read costs one fresh upload, never an error. */
async function readNote(path: string): Promise<PreviousUpload | null> {
  try {
    const note: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof note !== 'object' || note === null || !('uploadUrl' in note)) return null;
    if (typeof note.uploadUrl !== 'string') return null;
    return {
      size: null,
      metadata: {},
      creationTime: '',
      urlStorageKey: path,
      uploadUrl: note.uploadUrl,
      parallelUploadUrls: null,
    };
  } catch {
    return null;
  }
}

async function dropOld(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter(isNote)) {
    const path = join(directory, name);
    const changed = await stat(path).catch(() => null);
    if (changed !== null && Date.now() - changed.mtimeMs > KEPT_MILLISECONDS) {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}
