import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import type { PartLedger } from '../../src/customer-file/ledger.js';
import { writeRows } from '../../src/customer-file/part-rows/write-rows.js';
import type { LocalBytes, PartRange, Plan } from '../../src/customer-file/plan.js';
import { makePart } from '../../src/customer-file/prepare-part.js';
import { writeRowsWithCare } from '../../src/customer-file/write-rows-with-care.js';
import { Finding } from './finding.js';

/** All that a preparation leaves behind, to be compared. */
export interface MadePart {
  readonly text: string;
  readonly rejected: string;
  readonly bytes: number;
  readonly md5: string;
  readonly ledger: PartLedger;
  readonly distinct: Uint8Array;
}

/** Runs the engine on files in a folder. */
export class EngineRun {
  readonly #folder: string;
  #files = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The bytes as a local file, behind `position` bytes of something else. */
  local(bytes: Uint8Array, firstByte = 0, position = 0): LocalBytes {
    const path = this.#path();
    writeFileSync(path, Buffer.concat([Buffer.alloc(position, '#'), bytes]));
    return { path, position, firstByte, length: bytes.length };
  }

  fast(source: LocalBytes, plan: Plan, part: PartRange, windowBytes: number): Promise<MadePart> {
    return this.#made(source, plan, part, (rows, options) => writeRows(rows, options, windowBytes));
  }

  careful(source: LocalBytes, plan: Plan, part: PartRange): Promise<MadePart> {
    return this.#made(source, plan, part, writeRowsWithCare);
  }

  /** Stops the preparation after some windows; it may have ended before. Nothing may be left behind. */
  async broken(
    source: LocalBytes,
    plan: Plan,
    part: PartRange,
    windowBytes: number,
    windows: number,
  ): Promise<void> {
    const outputPath = this.#path();
    const rejectedPath = this.#path();
    const stop = new AbortController();
    const reason = new Error('stopped');
    let left = windows;
    const onProgress = (): void => {
      left--;
      if (left === 0) stop.abort(reason);
    };
    try {
      await makePart(
        { source, plan, part, outputPath, rejectedPath },
        { signal: stop.signal, onProgress },
        (rows, options) => writeRows(rows, options, windowBytes),
      );
    } catch (error) {
      if (error !== reason) throw error;
      if (exists(outputPath) || exists(rejectedPath)) throw new Finding('a stopped preparation left a file');
    }
    rmSync(outputPath, { force: true });
    rmSync(rejectedPath, { force: true });
  }

  async #made(
    source: LocalBytes,
    plan: Plan,
    part: PartRange,
    write: Parameters<typeof makePart>[2],
  ): Promise<MadePart> {
    const outputPath = this.#path();
    const rejectedPath = this.#path();
    const made = await makePart({ source, plan, part, outputPath, rejectedPath }, {}, write);
    const [text, rejected] = [readFileSync(outputPath, 'latin1'), readFileSync(rejectedPath, 'latin1')];
    rmSync(outputPath);
    rmSync(rejectedPath);
    return { ...made, text, rejected };
  }

  #path(): string {
    this.#files++;
    return join(this.#folder, String(this.#files));
  }
}

/** What came of a call: its result, or the refusal. Every other error goes on. */
export async function outcome<T>(
  call: () => Promise<T>,
): Promise<{ value: T } | { refused: CustomerFileError }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (error instanceof CustomerFileError) return { refused: error };
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
