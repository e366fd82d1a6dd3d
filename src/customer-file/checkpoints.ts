const DEFAULT_CAPACITY = 131_072;

/** Rows between two checkpoints of a file with so many rows. */
export function intervalFor(rows: number, capacity = DEFAULT_CAPACITY): number {
  let interval = 1;
  while (Math.floor(rows / interval) >= capacity) interval *= 2;
  return interval;
}

/** Checkpoints as they go from thread to thread. */
export interface CheckpointTable {
  readonly rows: number;
  readonly interval: number;
  readonly offsets: Float64Array;
  readonly lines: Float64Array;
}

export interface Checkpoint {
  /** Rows before it. */
  readonly row: number;
  readonly offset: number;
  readonly line: number;
}

/**
 * Places between rows where a part may begin: every row of a small file, and every few thousand rows of a large one,
 * so that memory stays bounded although the number of rows is known only at the end. When they become too many, every
 * second is dropped.
 */
export class Checkpoints {
  readonly #capacity: number;
  readonly #offsets: Float64Array;
  readonly #lines: Float64Array;
  #kept = 1;
  #interval = 1;
  #rows = 0;

  constructor(offset: number, line: number, capacity = DEFAULT_CAPACITY) {
    this.#capacity = capacity;
    this.#offsets = new Float64Array(capacity);
    this.#lines = new Float64Array(capacity);
    this.#offsets[0] = offset;
    this.#lines[0] = line;
  }

  toTable(): CheckpointTable {
    return {
      rows: this.#rows,
      interval: this.#interval,
      offsets: this.#offsets.slice(0, this.#kept),
      lines: this.#lines.slice(0, this.#kept),
    };
  }

  /** Rows between two checkpoints. */
  get interval(): number {
    return this.#interval;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Notes that a row ended, and where the next one begins. */
  addRow(nextOffset: number, nextLine: number): void {
    this.#rows++;
    if (this.#rows % this.#interval === 0) this.#keep(nextOffset, nextLine);
  }

  /**
   * Notes that `count` rows ended. `offsetAt` and `lineAt` say where the row behind the first n of them begins, for n
   * from 1 to `count`; they are asked only about places that are kept.
   */
  addRows(count: number, offsetAt: (n: number) => number, lineAt: (n: number) => number): void {
    const before = this.#rows;
    for (let next = this.#nextKept(before); next <= before + count; next = this.#nextKept(next)) {
      this.#rows = next;
      this.#keep(offsetAt(next - before), lineAt(next - before));
    }
    this.#rows = before + count;
  }

  #nextKept(row: number): number {
    return row - (row % this.#interval) + this.#interval;
  }

  #keep(offset: number, line: number): void {
    if (this.#kept === this.#capacity) this.#thinOut();
    if (this.#rows % this.#interval !== 0) return;
    this.#offsets[this.#kept] = offset;
    this.#lines[this.#kept] = line;
    this.#kept++;
  }

  #thinOut(): void {
    this.#kept = Math.ceil(this.#kept / 2);
    for (let position = 1; position < this.#kept; position++) {
      this.#offsets[position] = this.#offsets[2 * position] ?? 0;
      this.#lines[position] = this.#lines[2 * position] ?? 0;
    }
    this.#interval *= 2;
  }
}

/** The checkpoint before the row (counted from 0), which must be a multiple of the interval. */
export function checkpointAt({ interval, offsets, lines }: CheckpointTable, row: number): Checkpoint {
  const offset = offsets[row / interval];
  const line = lines[row / interval];
  if (offset === undefined || line === undefined) {
    throw new RangeError(`There is no checkpoint before row ${row}.`);
  }
  return { row, offset, line };
}
