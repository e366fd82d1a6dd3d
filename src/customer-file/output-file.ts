import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';

const FLUSH_CHARACTERS = 512 * 1024;

/** A file that is written from beginning to end, with its size and MD5. The text must be ASCII. */
export class OutputFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #md5 = createHash('md5');
  #pending: string[] = [];
  #pendingCharacters = 0;
  #bytes = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<OutputFile> {
    return new OutputFile(path, await open(path, 'w', 0o600));
  }

  /** Takes the text without writing it: call `flush` now and then. */
  append(text: string): void {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
  }

  /** Writes what was appended, once there is enough of it. */
  async flush(): Promise<void> {
    if (this.#pendingCharacters >= FLUSH_CHARACTERS) await this.#write();
  }

  async finish(): Promise<{ bytes: number; md5: string }> {
    await this.#write();
    await this.#file.close();
    return { bytes: this.#bytes, md5: this.#md5.digest('hex') };
  }

  /** Closes and removes the file, so that a failed call leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#pending.join(''), 'latin1');
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#md5.update(bytes);
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#file.write(bytes, written)).bytesWritten;
    }
    this.#bytes += bytes.length;
  }
}
