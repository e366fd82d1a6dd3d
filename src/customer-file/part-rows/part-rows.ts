import type { DigestBatch } from '../digests/digest-batch.js';
import { type EngineMemory, entryNumbers } from '../engine-memory.js';
import { LedgerAccount } from '../ledger-account.js';
import type { OutputField } from '../output-layout.js';
import type { Dialect } from '../plan.js';
import {
  ROW_CELL_COUNT,
  ROW_CELLS,
  ROW_CELLS_END,
  ROW_LINE,
  ROW_START,
  tableNumbers,
} from '../row-table/row-table.js';
import type { RowsToWrite, WrittenRows } from '../write-rows-with-care.js';
import { PLAIN, QUOTE, UNUSUAL } from './byte-classes.js';
import { cellText } from './cell-text.js';
import { DigestOutput } from './digest-output.js';
import { FieldCells } from './field-cells.js';
import { IncludeCells } from './include-cells.js';
import { openPlainValues, type PlainValues } from './plain-values.js';

/** Where in a row's entry of the table the cell of a wanted column is found. */
interface Placed<T> {
  readonly place: number;
  readonly cells: T;
}

/** Turns the rows of the table into lines of a part: `RowTransform` on bytes. */
export class PartRows {
  readonly #rows: RowsToWrite;
  readonly #table: Uint32Array;
  readonly #stride: number;
  readonly #plainValues: PlainValues;
  readonly #output: DigestOutput;
  readonly #account: LedgerAccount;
  readonly #fields: readonly Placed<FieldCells>[];
  readonly #filters: readonly Placed<IncludeCells>[];
  /** Line number of the row at hand. */
  #line = 0;

  /** `columns`: those in the table, rising. */
  constructor(engine: EngineMemory, digests: DigestBatch, columns: readonly number[], rows: RowsToWrite) {
    const { plan } = rows;
    this.#rows = rows;
    this.#table = tableNumbers(engine, columns.length);
    this.#stride = entryNumbers(columns.length);
    this.#plainValues = openPlainValues(engine.memory);
    this.#output = new DigestOutput(engine, digests, this.#plainValues, rows.output, plan);
    this.#account = new LedgerAccount(plan.columns);
    const placeOf = (column: number): number => ROW_CELLS + 2 * columns.indexOf(column);
    this.#fields = plan.layout.fields.map((field) => {
      const cells = this.#fieldCells(field);
      return { place: placeOf(cells.column.index), cells };
    });
    this.#filters = plan.include.map((filter) => ({
      place: placeOf(filter.column),
      cells: new IncludeCells(filter, plan.dialect),
    }));
  }

  /** Adds the first `count` rows of the table. `firstLine`: line number of the first. */
  add(count: number, firstLine: number): void {
    const table = this.#table;
    const account = this.#account;
    account.rowsRead += count;
    const end = count * this.#stride;
    for (let entry = 0; entry < end; entry += this.#stride) {
      this.#line = firstLine + (table[entry + ROW_LINE] ?? 0);
      if (table[entry + ROW_CELL_COUNT] === 1 && this.#isBlank(entry)) account.rowsBlank++;
      else if (!this.#isIncluded(entry)) account.rowsExcluded++;
      else if (this.#send(entry)) account.rowsSent++;
      else account.rowsRejected++;
    }
  }

  /** Writes what is left. */
  finish(): WrittenRows {
    const md5 = this.#output.finish();
    for (const { cells } of this.#fields) cells.close();
    return { md5, ledger: this.#account.toLedger(), distinct: this.#output.distinct() };
  }

  #send(entry: number): boolean {
    const table = this.#table;
    let empty = 0;
    for (const { place, cells } of this.#fields) {
      if (cells.add(table[entry + place] ?? 0, table[entry + place + 1] ?? 0)) empty++;
      this.#output.endCell();
    }
    if (empty === this.#fields.length) {
      this.#rows.onRejected({ line: this.#line, column: null, reason: 'no_identifier' });
    }
    return this.#output.endLine();
  }

  #isIncluded(entry: number): boolean {
    for (const { place, cells } of this.#filters) {
      const start = this.#table[entry + place] ?? 0;
      if (!cells.accepts(this.#output.bytes, start, this.#table[entry + place + 1] ?? 0)) return false;
    }
    return true;
  }

  /** An empty or whitespace record. The row has one cell. */
  #isBlank(entry: number): boolean {
    const start = this.#table[entry + ROW_START] ?? 0;
    const end = this.#table[entry + ROW_CELLS_END] ?? 0;
    if (start === end) return true;
    const { bytes } = this.#output;
    const first = bytes[bytes[start] === QUOTE ? start + 1 : start] ?? 0;
    if (PLAIN[first] !== UNUSUAL) return false;
    return isBlankText(bytes.subarray(start, end), this.#rows.plan.dialect);
  }

  #fieldCells(field: OutputField): FieldCells {
    const { plan, onRejected } = this.#rows;
    const column = plan.columns[field.column];
    if (column === undefined) throw new Error('The layout names a column that the plan does not have.');
    return new FieldCells(
      field,
      column,
      plan,
      this.#plainValues,
      this.#output,
      this.#account,
      (index, reason) => onRejected({ line: this.#line, column: index, reason }),
    );
  }
}

function isBlankText(cell: Buffer, dialect: Dialect): boolean {
  return cellText(cell, dialect).trim() === '';
}
