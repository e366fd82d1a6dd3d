import { closeSync, openSync, rmSync, writeSync } from 'node:fs';

const FLUSH_CHARACTERS = 512 * 1024;

/**
 * A file that is written from beginning to end, with its size. The text must be ASCII. Writing is synchronous,
 * since it belongs into a thread of its own.
 */
export class OutputFile {
  readonly #path: string;
  readonly #file: number;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #bytes = 0;
  #isOpen = true;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w', 0o600);
  }

  /** Takes a piece of text; it is written once there is enough. */
  append(text: string): void {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
    if (this.#pendingCharacters >= FLUSH_CHARACTERS) this.#flush();
  }

  /** Writes bytes at once, behind all that was appended. */
  write(bytes: Uint8Array): void {
    this.#flush();
    this.#write(bytes);
  }

  /** Writes what is left, and returns the file's size in bytes. */
  finish(): number {
    this.#flush();
    this.#close();
    return this.#bytes;
  }

  /** Closes and removes the file, so that a failed call leaves nothing behind. */
  discard(): void {
    this.#close();
    rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#pendingCharacters === 0) return;
    const bytes = Buffer.from(this.#pending.join(''), 'latin1');
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file, bytes, written);
    }
    this.#bytes += bytes.length;
  }
}
