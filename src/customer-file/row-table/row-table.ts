import { type EngineMemory, entryNumbers, TABLE_ROWS } from '../engine-memory.js';
import { kernelFunction, loadKernel } from '../load-kernel.js';
import type { Delimiter } from '../plan.js';
import { WASM } from './row-table-kernel.wasm.js';

/** Positions of a row's numbers in its entry; behind them start and end of each wanted cell. All are addresses but two. */
export const ROW_START = 0;
/** Behind the last cell: where the line end stands, if there is one. */
export const ROW_CELLS_END = 1;
/** Line ends before the row, counted from `TableFill.from`. */
export const ROW_LINE = 2;
/** How many cells the row has. */
export const ROW_CELL_COUNT = 3;
export const ROW_CELLS = 4;

/** What came of filling the table. */
export interface TableFill {
  readonly rows: number;
  /** Address behind the last row, and line ends before it. */
  readonly rest: number;
  readonly restLine: number;
}

/** Fills the table with the rows at `from` to `end`; `isLast`: the upload ends there, so the last may lack its line end. */
export type FillTable = (from: number, end: number, isLast: boolean) => TableFill;

/** Null where WebAssembly or its SIMD instructions are missing. `columns`: those whose cells are wanted, rising, at least one. */
export function openRowTable(
  engine: EngineMemory,
  delimiter: Delimiter,
  columns: readonly number[],
): FillTable | null {
  try {
    const kernel = loadKernel(WASM, engine.memory);
    const find = kernelFunction(kernel, 'find');
    const rest = kernelFunction(kernel, 'rest');
    const restLines = kernelFunction(kernel, 'restLines');
    new Uint32Array(engine.memory.buffer, engine.wanted, columns.length).set(columns);
    const byte = delimiter.charCodeAt(0);
    return (from, end, isLast) => ({
      rows: find(from, end, isLast ? 1 : 0, byte, engine.wanted, columns.length, engine.table, TABLE_ROWS),
      rest: rest(),
      restLine: restLines(),
    });
  } catch {
    return null;
  }
}

/** The table's numbers. */
export function tableNumbers(engine: EngineMemory, wantedColumns: number): Uint32Array {
  return new Uint32Array(engine.memory.buffer, engine.table, TABLE_ROWS * entryNumbers(wantedColumns));
}
