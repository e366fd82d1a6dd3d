// AssemblyScript. Built into row-table-kernel.wasm.ts by `node scripts/build-kernels.mjs`.
//
// Finds the records of a CSV text and the cells of wanted columns, 64 bytes at a time: a bit of a u64 stands for each
// byte. The rules are those of RecordScanner.

const QUOTE: u8 = 0x22
const CR: u8 = 0x0d
const LF: u8 = 0x0a

let restFrom: usize = 0
let restLine: u32 = 0

/** Where the bytes begin that the last call made no row of. */
export function rest(): usize { return restFrom }

/** Line ends before `rest()`. */
export function restLines(): u32 { return restLine }

@inline function bitsOf(p: usize, byte: v128): u64 {
  return <u64><u32>i8x16.bitmask(i8x16.eq(v128.load(p), byte))
    | (<u64><u32>i8x16.bitmask(i8x16.eq(v128.load(p, 16), byte)) << 16)
    | (<u64><u32>i8x16.bitmask(i8x16.eq(v128.load(p, 32), byte)) << 32)
    | (<u64><u32>i8x16.bitmask(i8x16.eq(v128.load(p, 48), byte)) << 48)
}

// Each bit becomes the parity of itself and all bits below it: set from an opening mark to just before its closing one.
@inline function parityUpTo(bits: u64): u64 {
  let x = bits
  x ^= x << 1
  x ^= x << 2
  x ^= x << 4
  x ^= x << 8
  x ^= x << 16
  x ^= x << 32
  return x
}

// The quotation marks that open or close a quoted cell, one after the other: outside of quotes a mark counts only at
// the start of a cell, or right behind a closing one (it was a doubled mark then).
function countingMarks(marks: u64, isInside: bool, starts: u64): u64 {
  let counting: u64 = 0
  let inside = isInside
  let reopens: u64 = 0
  for (let left = marks; left != 0; left &= left - 1) {
    const mark = left & (0 - left)
    if (inside) {
      inside = false
      reopens = mark << 1
    } else if (mark & (starts | reopens)) {
      inside = true
    } else {
      continue
    }
    counting |= mark
  }
  return counting
}

@inline function writeCell(entry: usize, position: u32, start: usize, end: usize): void {
  store<u32>(entry + (position << 3), <u32>start, 16)
  store<u32>(entry + (position << 3), <u32>end, 20)
}

@inline function writeRow(
  entry: usize, start: usize, cellsEnd: usize, line: u32, column: u32, cellStart: usize, isWanted: bool, found: u32,
  wantedCount: u32,
): void {
  store<u32>(entry, <u32>start)
  store<u32>(entry, <u32>cellsEnd, 4)
  store<u32>(entry, line, 8)
  store<u32>(entry, column + 1, 12)
  let position = found
  if (isWanted) writeCell(entry, position++, cellStart, cellsEnd)
  while (position < wantedCount) writeCell(entry, position++, cellsEnd, cellsEnd)
}

/**
 * Writes an entry of 4 + 2 * wantedCount numbers (u32) for each whole record from `from` to `end`, at most `capacity` of
 * them: address of the record, address behind its last cell, line ends before it, number of cells (1 when no column is
 * wanted), then start and end of each wanted cell, both alike where the record has no such cell. `wanted` lists
 * indices (u32) of columns, rising. `from` is the start of a record. With `last`, the bytes end with a record, which
 * may lack its line end; otherwise what is behind the last line end is left. Reads up to 63 bytes beyond `end`.
 */
export function find(
  from: usize, end: usize, last: bool, delimiter: u8, wanted: usize, wantedCount: u32, table: usize, capacity: u32,
): u32 {
  const delimiters = i8x16.splat(<i8>delimiter)
  const marks = i8x16.splat(<i8>QUOTE)
  const feeds = i8x16.splat(<i8>LF)
  const returns = i8x16.splat(<i8>CR)
  let rows: u32 = 0
  let entry = table
  let recordStart = from
  let recordLine: u32 = 0
  let cellStart = from
  let column: u32 = 0
  let nextWanted: u32 = wantedCount > 0 ? load<u32>(wanted) : <u32>-1
  let found: u32 = 0

  let lineEnds: u32 = 0
  let inside: u64 = 0
  let startsCarry: u64 = 0
  let returnCarry: u64 = 0

  for (let p = from; p < end; p += 64) {
    const here: u64 = end - p >= 64 ? ~0 : ((<u64>1) << (end - p)) - 1
    const cr = bitsOf(p, returns) & here
    const lf = bitsOf(p, feeds) & here
    const mark = bitsOf(p, marks) & here
    // A line feed behind a carriage return belongs to it.
    const lineEnd = cr | (lf & ~((cr << 1) | returnCarry))
    returnCarry = cr >> 63
    let comma: u64 = wantedCount > 0 || mark != 0 ? bitsOf(p, delimiters) & here : 0

    let quoted: u64 = inside
    if (mark) {
      const ends = comma | cr | lf
      const before = p > from ? load<u8>(p - 1) : LF
      const starts = (ends << 1) | <u64>(before == delimiter || before == LF || before == CR) | startsCarry
      quoted = parityUpTo(mark) ^ inside
      const closing = mark & ~quoted
      let counting = mark
      if (mark & quoted & ~(starts | (closing << 1))) {
        counting = countingMarks(mark, inside != 0, starts)
        quoted = parityUpTo(counting) ^ inside
      }
      // A mark at the beginning of the next block reopens the cell when the last one here closed it.
      startsCarry = (counting & ~quoted) >> 63
      inside = <u64>(<i64>quoted >> 63)
    } else {
      startsCarry = 0
    }

    let structural = (lineEnd | comma) & ~quoted
    if (wantedCount == 0) structural = lineEnd & ~quoted
    for (; structural != 0; structural &= structural - 1) {
      const bit = ctz(structural)
      const at = p + <usize>bit
      if (comma >> bit & 1) {
        if (column == nextWanted) {
          writeCell(entry, found, cellStart, at)
          found++
          nextWanted = found < wantedCount ? load<u32>(wanted + (found << 2)) : <u32>-1
        }
        column++
        cellStart = at + 1
        continue
      }
      let after = at + 1
      if (cr >> bit & 1) {
        if (after < end) {
          if (load<u8>(after) == LF) after++
        } else if (!last) {
          break
        }
      }
      writeRow(entry, recordStart, at, recordLine, column, cellStart, column == nextWanted, found, wantedCount)
      entry += 16 + (wantedCount << 3)
      rows++
      recordStart = after
      recordLine = lineEnds + <u32>popcnt(lineEnd & (~(<u64>0) >> (63 - bit)))
      cellStart = after
      column = 0
      found = 0
      if (wantedCount > 0) nextWanted = load<u32>(wanted)
      if (rows == capacity) {
        restFrom = recordStart
        restLine = recordLine
        return rows
      }
    }
    lineEnds += <u32>popcnt(lineEnd)
  }

  if (last && inside == 0 && recordStart < end) {
    writeRow(entry, recordStart, end, recordLine, column, cellStart, column == nextWanted, found, wantedCount)
    rows++
    recordStart = end
    recordLine = lineEnds
  }
  restFrom = recordStart
  restLine = recordLine
  return rows
}
