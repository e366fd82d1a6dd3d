// AssemblyScript. Built into row-table-kernel.wasm.ts by `node scripts/build-kernels.mjs`.
//
// Finds the records of a CSV text and the cells of wanted columns, 64 bytes at a time: a bit of a u64 stands for each
// byte. The rules are those of RecordScanner. Reads up to 63 bytes beyond the end of the text.

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

// What the block at hand passes on to the next: whether it ends inside of quotes (all bits), behind a closing mark that
// the next mark would open again, behind a carriage return.
let inside: u64 = 0
let reopens: u64 = 0
let behindReturn: u64 = 0

// The block at hand: carriage returns, delimiters (if asked for or needed), and line ends. Those in quotes are in
// `quoted` too.
let returns: u64 = 0
let delimiters: u64 = 0
let lineEnds: u64 = 0
let quoted: u64 = 0

@inline function begin(): void {
  inside = 0
  reopens = 0
  behindReturn = 0
}

@inline function readBlock(p: usize, from: usize, end: usize, delimiter: u8, wantsDelimiters: bool): void {
  const here: u64 = end - p >= 64 ? ~0 : ((<u64>1) << (end - p)) - 1
  const cr = bitsOf(p, i8x16.splat(<i8>CR)) & here
  const lf = bitsOf(p, i8x16.splat(<i8>LF)) & here
  const mark = bitsOf(p, i8x16.splat(<i8>QUOTE)) & here
  // A line feed behind a carriage return belongs to it.
  lineEnds = cr | (lf & ~((cr << 1) | behindReturn))
  behindReturn = cr >> 63
  returns = cr
  const comma: u64 = wantsDelimiters || mark != 0 ? bitsOf(p, i8x16.splat(<i8>delimiter)) & here : 0
  delimiters = comma
  quoted = inside
  if (mark == 0) {
    reopens = 0
    return
  }
  const ends = comma | cr | lf
  const before = p > from ? load<u8>(p - 1) : LF
  const starts = (ends << 1) | <u64>(before == delimiter || before == LF || before == CR) | reopens
  quoted = parityUpTo(mark) ^ inside
  let counting = mark
  if (mark & quoted & ~(starts | ((mark & ~quoted) << 1))) {
    counting = countingMarks(mark, inside != 0, starts)
    quoted = parityUpTo(counting) ^ inside
  }
  reopens = (counting & ~quoted) >> 63
  inside = <u64>(<i64>quoted >> 63)
}

// Whether the block at hand is nothing but cells and line feeds, as most are: no quotation mark, no carriage return.
@inline function isSimple(p: usize, end: usize): bool {
  if (end - p < 64 || (inside | behindReturn) != 0) return false
  const mark = i8x16.splat(<i8>QUOTE)
  const cr = i8x16.splat(<i8>CR)
  let found = i8x16.splat(0)
  for (let at: usize = 0; at < 64; at += 16) {
    const bytes = v128.load(p + at)
    found = v128.or(found, v128.or(i8x16.eq(bytes, mark), i8x16.eq(bytes, cr)))
  }
  return !v128.any_true(found)
}

// Behind the line end at `at`, or 0 where a line feed may follow that has not been read.
@inline function behindLineEnd(at: usize, isReturn: bool, end: usize, last: bool): usize {
  if (!isReturn) return at + 1
  if (at + 1 == end) return last ? end : 0
  return at + 1 + <usize>(load<u8>(at + 1) == LF)
}

@inline function linesUpTo(bit: u64): u32 { return <u32>popcnt(lineEnds & (~(<u64>0) >> (63 - bit))) }

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
 * them: address of the record, address behind its last cell, line ends before it, number of cells, then start and end
 * of each wanted cell, both alike where the record has no such cell. `wanted` lists indices (u32) of columns, rising,
 * one at least. `from` is the start of a record. With `last`, the bytes end with a record, which may lack its line end;
 * otherwise what is behind the last line end is left.
 */
export function find(
  from: usize, end: usize, last: bool, delimiter: u8, wanted: usize, wantedCount: u32, table: usize, capacity: u32,
): u32 {
  let rows: u32 = 0
  let entry = table
  let recordStart = from
  let recordLine: u32 = 0
  let cellStart = from
  let column: u32 = 0
  let nextWanted: u32 = load<u32>(wanted)
  let found: u32 = 0
  let lines: u32 = 0

  begin()
  for (let p = from; p < end; p += 64) {
    readBlock(p, from, end, delimiter, true)
    const comma = delimiters
    const cr = returns
    for (let structural = (lineEnds | comma) & ~quoted; structural != 0; structural &= structural - 1) {
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
      const after = behindLineEnd(at, (cr >> bit & 1) != 0, end, last)
      if (after == 0) break
      writeRow(entry, recordStart, at, recordLine, column, cellStart, column == nextWanted, found, wantedCount)
      entry += 16 + (wantedCount << 3)
      rows++
      recordStart = after
      recordLine = lines + linesUpTo(bit)
      cellStart = after
      column = 0
      found = 0
      nextWanted = load<u32>(wanted)
      if (rows == capacity) {
        restFrom = recordStart
        restLine = recordLine
        return rows
      }
    }
    lines += <u32>popcnt(lineEnds)
  }

  if (last && inside == 0 && recordStart < end) {
    writeRow(entry, recordStart, end, recordLine, column, cellStart, column == nextWanted, found, wantedCount)
    rows++
    recordStart = end
    recordLine = lines
  }
  restFrom = recordStart
  restLine = recordLine
  return rows
}

/**
 * Counts the whole records from `from` to `end`. Behind the `first`, and then behind every `every`-th, it writes the address
 * there and the line ends before it (u32); behind `capacity` of them it returns. `from`, `end` and `last` as in `find`.
 */
export function mark(
  from: usize, end: usize, last: bool, delimiter: u8, first: u32, every: u32, table: usize, capacity: u32,
): u32 {
  let rows: u32 = 0
  let next = first
  let entry = table
  const full = table + (capacity << 3)
  let recordStart = from
  let recordLine: u32 = 0
  let lines: u32 = 0

  begin()
  for (let p = from; p < end; p += 64) {
    if (isSimple(p, end)) {
      lineEnds = bitsOf(p, i8x16.splat(<i8>LF))
      returns = 0
      quoted = 0
      reopens = 0
    } else {
      readBlock(p, from, end, delimiter, false)
    }
    let ends = lineEnds & ~quoted
    const count = <u32>popcnt(ends)
    if (count != 0) {
      // Only the last line end of a block matters when no mark falls into it.
      if (rows + count < next) {
        const bit = 63 - clz(ends)
        if (behindLineEnd(p + <usize>bit, (returns >> bit & 1) != 0, end, last) != 0) {
          rows += count - 1
          ends = (<u64>1) << bit
        }
      }
      for (; ends != 0; ends &= ends - 1) {
        const bit = ctz(ends)
        const after = behindLineEnd(p + <usize>bit, (returns >> bit & 1) != 0, end, last)
        if (after == 0) break
        rows++
        recordStart = after
        recordLine = lines + linesUpTo(bit)
        if (rows != next) continue
        store<u32>(entry, <u32>recordStart)
        store<u32>(entry, recordLine, 4)
        entry += 8
        next += every
        if (entry == full) {
          restFrom = recordStart
          restLine = recordLine
          return rows
        }
      }
    }
    lines += <u32>popcnt(lineEnds)
  }

  if (last && inside == 0 && recordStart < end) {
    rows++
    recordStart = end
    recordLine = lines
    if (rows == next) {
      store<u32>(entry, <u32>end)
      store<u32>(entry, lines, 4)
    }
  }
  restFrom = recordStart
  restLine = recordLine
  return rows
}
