import type { Checkpoints } from '../checkpoints.js';
import { type EngineMemory, TABLE_ROWS } from '../engine-memory.js';
import { kernelFunction, loadKernel } from '../load-kernel.js';
import type { Delimiter } from '../plan.js';
import type { FillTable } from './row-table.js';
import { WASM } from './row-table-kernel.wasm.js';

/** Numbers (u32) of an entry: where a record ended, and the line ends before it. */
const MARK_NUMBERS = 2;

export interface RecordMarks {
  /** Counts records, and fills the table with the places where a checkpoint belongs instead of the rows. */
  readonly fill: FillTable;
  /** Adds the rows counted last. Add `base` to an address to get the upload's offset; `line`: where the first began. */
  readonly addRows: (rows: number, base: number, line: number) => void;
}

/** Null where WebAssembly or its SIMD instructions are missing. */
export function openRecordMarks(
  engine: EngineMemory,
  delimiter: Delimiter,
  checkpoints: Checkpoints,
): RecordMarks | null {
  try {
    const kernel = loadKernel(WASM, engine.memory);
    const mark = kernelFunction(kernel, 'mark');
    const rest = kernelFunction(kernel, 'rest');
    const restLines = kernelFunction(kernel, 'restLines');
    const marks = new Uint32Array(engine.memory.buffer, engine.table, TABLE_ROWS * MARK_NUMBERS);
    const byte = delimiter.charCodeAt(0);
    let first = 0;
    let every = 0;
    const entryOf = (n: number): number => ((n - first) / every) * MARK_NUMBERS;
    return {
      fill: (from, end, isLast) => {
        every = checkpoints.interval;
        first = every - (checkpoints.rows % every);
        const rows = mark(from, end, isLast ? 1 : 0, byte, first, every, engine.table, TABLE_ROWS);
        return { rows, rest: rest(), restLine: restLines() };
      },
      addRows: (rows, base, line) => {
        checkpoints.addRows(
          rows,
          (n) => base + (marks[entryOf(n)] ?? 0),
          (n) => line + (marks[entryOf(n) + 1] ?? 0),
        );
      },
    };
  } catch {
    return null;
  }
}
