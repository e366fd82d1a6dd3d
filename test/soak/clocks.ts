import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The programs whose machine's clock can be put wrong. */
export const CLOCKS = ['api', 'worker'] as const;

/** Clocks of machines: each program reads its own from a file when it starts, and when it is told to look again. */
export class Clocks {
  readonly folder = mkdtempSync(join(tmpdir(), 'activate-audience-clocks-'));

  constructor() {
    for (const program of CLOCKS) this.set(program, 0);
  }

  set(program: (typeof CLOCKS)[number], wrongByMs: number): void {
    writeFileSync(join(this.folder, program), String(wrongByMs));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
