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
import {
  BLANK_ROWS,
  describeField,
  EXCLUDED,
  EXCLUDED_ROWS,
  openPlainRows,
  type PlainRows,
} from './plain-rows.js';

/** Where in a row's entry of the table the cell of a wanted column is found. */
interface Placed<T> {
  readonly place: number;
  readonly cells: T;
}

/** Turns the rows of the table into lines of a part: `RowTransform` on bytes. */
export class PartRows {
  readonly #rows: RowsToWrite;
  readonly #tableAddress: number;
  readonly #table: Uint32Array;
  readonly #stride: number;
  readonly #plainRows: PlainRows;
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
    this.#tableAddress = engine.table;
    this.#table = tableNumbers(engine, columns.length);
    this.#stride = entryNumbers(columns.length);
    this.#plainRows = openPlainRows(engine, plan.layout.fields.length);
    this.#output = new DigestOutput(engine, digests, this.#plainRows, rows.output, plan);
    this.#account = new LedgerAccount(plan.columns);
    const placeOf = (column: number): number => ROW_CELLS + 2 * columns.indexOf(column);
    this.#fields = plan.layout.fields.map((field, position) => {
      const cells = this.#fieldCells(field, position);
      const place = placeOf(cells.column.index);
      describeField(this.#plainRows, position, place, field, cells.column, plan.normalization);
      return { place, cells };
    });
    this.#filters = plan.include.map((filter) => ({
      place: placeOf(filter.column),
      cells: new IncludeCells(filter, plan.dialect),
    }));
  }

  /** Adds the first `count` rows of the table. `firstLine`: line number of the first. */
  add(count: number, firstLine: number): void {
    this.#account.rowsRead += count;
    if (this.#filters.length > 0) this.#exclude(count);
    const stride = this.#stride;
    for (let row = 0; row < count; row++) {
      const table = this.#tableAddress + 4 * row * stride;
      row += this.#output.addPlainRows(table, count - row, 4 * stride, this.#fields.length);
      if (row < count) this.#addWithCare(row * stride, firstLine);
    }
  }

  /** Writes what is left. */
  finish(): WrittenRows {
    const md5 = this.#output.finish();
    for (const { cells } of this.#fields) cells.close();
    const { cursor } = this.#plainRows;
    const account = this.#account;
    account.rowsBlank += cursor[BLANK_ROWS] ?? 0;
    account.rowsExcluded += cursor[EXCLUDED_ROWS] ?? 0;
    account.rowsSent = this.#output.lines;
    return { md5, ledger: account.toLedger(), distinct: this.#output.distinct() };
  }

  #addWithCare(entry: number, firstLine: number): void {
    this.#line = firstLine + (this.#table[entry + ROW_LINE] ?? 0);
    if (this.#isBlank(entry)) this.#account.rowsBlank++;
    else if (!this.#send(entry)) this.#account.rowsRejected++;
  }

  /** Marks rows that are not wanted. */
  #exclude(count: number): void {
    const end = count * this.#stride;
    for (let entry = 0; entry < end; entry += this.#stride) {
      if (!this.#isBlank(entry) && !this.#isIncluded(entry)) this.#table[entry + ROW_CELL_COUNT] = EXCLUDED;
    }
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

  /** An empty or whitespace record. */
  #isBlank(entry: number): boolean {
    if (this.#table[entry + ROW_CELL_COUNT] !== 1) return false;
    const start = this.#table[entry + ROW_START] ?? 0;
    const end = this.#table[entry + ROW_CELLS_END] ?? 0;
    if (start === end) return true;
    const { bytes } = this.#output;
    const first = bytes[bytes[start] === QUOTE ? start + 1 : start] ?? 0;
    if (PLAIN[first] !== UNUSUAL) return false;
    return isBlankText(bytes.subarray(start, end), this.#rows.plan.dialect);
  }

  #fieldCells(field: OutputField, position: number): FieldCells {
    const { plan, onRejected } = this.#rows;
    const column = plan.columns[field.column];
    if (column === undefined) throw new Error('The layout names a column that the plan does not have.');
    return new FieldCells(
      position,
      field,
      column,
      plan,
      this.#plainRows,
      this.#output,
      this.#account,
      (index, reason) => onRejected({ line: this.#line, column: index, reason }),
    );
  }
}

function isBlankText(cell: Buffer, dialect: Dialect): boolean {
  return cellText(cell, dialect).trim() === '';
}
