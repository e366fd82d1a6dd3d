import type { Dialect, IncludeFilter } from '../plan.js';
import { IS_SPACE, PLAIN, QUOTE, UNUSUAL } from './byte-classes.js';
import { cellText } from './cell-text.js';

/** One filter of a plan, on the bytes of a cell. */
export class IncludeCells {
  readonly #dialect: Dialect;
  readonly #values: readonly string[];
  readonly #byteValues: readonly Buffer[];

  constructor(filter: IncludeFilter, dialect: Dialect) {
    this.#dialect = dialect;
    this.#values = filter.values;
    this.#byteValues = filter.values.map((value) => Buffer.from(value));
  }

  /** Whether the cell from `start` to `end` has one of the values. */
  accepts(bytes: Buffer, start: number, end: number): boolean {
    let from = start;
    let to = end;
    if (bytes[from] === QUOTE && to - from > 1 && bytes[to - 1] === QUOTE) {
      from++;
      to--;
    }
    while (from < to && IS_SPACE[bytes[from] ?? 0] === 1) from++;
    while (to > from && IS_SPACE[bytes[to - 1] ?? 0] === 1) to--;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      if (PLAIN[byte] === UNUSUAL && IS_SPACE[byte] === 0) return this.#acceptsText(bytes, start, end);
    }
    return this.#byteValues.some((value) => equals(value, bytes, from, to));
  }

  #acceptsText(bytes: Buffer, start: number, end: number): boolean {
    const text = cellText(bytes.subarray(start, end), this.#dialect);
    return this.#values.includes(text.trim().toLowerCase());
  }
}

/** `value` is in lower case, the cell has no byte beyond ASCII. */
function equals(value: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (value.length !== end - start) return false;
  for (let at = 0; at < value.length; at++) {
    const byte = bytes[start + at] ?? 0;
    const plain = PLAIN[byte] ?? UNUSUAL;
    if (value[at] !== (plain === UNUSUAL ? byte : plain)) return false;
  }
  return true;
}
