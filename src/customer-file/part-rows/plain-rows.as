// AssemblyScript. Built into plain-rows-kernel.wasm.ts, behind plain-values.as, by `node scripts/build-kernels.mjs`.
//
// Turns rows of the table into lines of a part, as long as all their cells are plain, and counts people. A line's digests
// have places before they are there: the messages wait in their slots for the batch to be hashed.

const QUOTE: u8 = 0x22
const COMMA: u8 = 0x2c
const LF: u8 = 0x0a

// A row's entry in the table (row-table.ts). No row has no cell: 0 stands for one that is not wanted.
const ROW_CELL_COUNT: usize = 12
const EXCLUDED: u32 = 0

// A field of the output is described by eight numbers (u32): where in a row's entry its cell is found (in bytes), what its
// values are, the rules for them, the digits of its digests, what became of its last cell; and how many cells of the rows
// done were empty, hashed, came hashed.
const FIELD_BYTES: usize = 32
const FIELD_KIND: usize = 4
const FIELD_RULES: usize = 8
const FIELD_DIGITS: usize = 12
const FIELD_OUTCOME: usize = 16

const EMAIL: u32 = 1
const PHONE: u32 = 2
const MAID: u32 = 3

// What became of a cell. A national number's digits are counted by numbers less than 0.
const CARE: i32 = 0
const EMPTY: i32 = 1
const HASHED: i32 = 2
const CAME_HASHED: i32 = 3

// Where the output stands, six numbers (u32) that TypeScript reads and writes too: address of the next byte; messages that
// wait; lines; address of the first digest of the line, 0 without one; rows that were blank; rows that were excluded.
const AT: usize = 0
const MESSAGES: usize = 4
const LINES: usize = 8
const PERSON: usize = 12
const BLANK: usize = 16
const EXCLUDED_ROWS: usize = 20

let cursor: usize = 0
let slots: usize = 0
let lengths: usize = 0
let targets: usize = 0
let people: usize = 0

/** Where everything stands: the cursor, and the batch and the people as in EngineMemory. */
export function place(
  cursorAt: usize, slotsAt: usize, lengthsAt: usize, targetsAt: usize, peopleAt: usize,
): void {
  cursor = cursorAt
  slots = slotsAt
  lengths = lengthsAt
  targets = targetsAt
  people = peopleAt
}

// White space of ASCII: 09 to 0d, and 20.
@inline function isSpace(byte: u8): bool { return byte == 0x20 || <u8>(byte - 9) < 5 }

/**
 * Adds a cell from `start` to `end` to the line, unless it takes care. The batch has room for its message. Returns what
 * became of it.
 */
export function addCell(field: usize, start: usize, end: usize): i32 {
  if (load<u8>(start) == QUOTE && end - start > 1 && load<u8>(end - 1) == QUOTE) {
    start++
    end--
  }
  while (start < end && isSpace(load<u8>(start))) start++
  while (end > start && isSpace(load<u8>(end - 1))) end--
  if (start == end) return EMPTY

  const at = <usize>load<u32>(cursor, AT)
  const digits = <usize>load<u32>(field, FIELD_DIGITS)
  if (end - start == digits && copyHash(start, digits, at)) {
    takePlace(at, digits)
    return CAME_HASHED
  }
  const message = <usize>load<u32>(cursor, MESSAGES)
  const slot = slots + (message << 6)
  const length = spell(field, start, end, slot)
  if (length <= 0) {
    if (length == 0) memory.fill(slot, 0, 64)
    return <i32>length
  }
  store<u32>(lengths + (message << 2), <u32>length)
  store<u32>(targets + (message << 2), <u32>at)
  store<u32>(cursor, <u32>message + 1, MESSAGES)
  takePlace(at, 64)
  return HASHED
}

@inline function spell(field: usize, start: usize, end: usize, slot: usize): isize {
  const rules = load<u32>(field, FIELD_RULES)
  switch (load<u32>(field, FIELD_KIND)) {
    case EMAIL: return <isize>email(start, end, slot, (rules & 1) != 0, (rules & 2) != 0, (rules & 4) != 0)
    case PHONE: return phone(start, end, slot, (rules & 1) != 0, (rules & 2) != 0, (rules & 4) != 0)
    case MAID: return <isize>maid(start, end, slot)
    default: return 0
  }
}

@inline function takePlace(at: usize, digits: usize): void {
  if (load<u32>(cursor, PERSON) == 0) store<u32>(cursor, <u32>at, PERSON)
  store<u32>(cursor, <u32>(at + digits), AT)
}

// Whether a row with one cell is blank: 1, or not: 0. Less than 0 when that takes care.
@inline function isBlank(start: usize, end: usize): i32 {
  if (start == end) return 1
  let at = start + <usize>(load<u8>(start) == QUOTE)
  while (at < end && isSpace(load<u8>(at))) at++
  const byte = load<u8>(at)
  return at == end || byte == QUOTE || byte > 127 ? -1 : 0
}

/**
 * Adds the first of the `count` rows at `table`, each an entry of `entryBytes`, whose `fieldCount` cells at `fields` are
 * all plain and not all empty, and passes over rows that are blank or excluded. Stops before a row that takes care, before
 * one whose messages might not find room among `capacity`, and behind the line that ends beyond `full`. Returns how many
 * rows it has done.
 */
export function addRows(
  table: usize, count: u32, entryBytes: usize, fields: usize, fieldCount: u32, capacity: u32, full: usize,
): u32 {
  const fieldsEnd = fields + <usize>fieldCount * FIELD_BYTES
  let entry = table
  for (let row: u32 = 0; row < count; row++, entry += entryBytes) {
    const cells = load<u32>(entry, ROW_CELL_COUNT)
    if (cells == EXCLUDED) {
      store<u32>(cursor, load<u32>(cursor, EXCLUDED_ROWS) + 1, EXCLUDED_ROWS)
      continue
    }
    if (cells == 1) {
      const blank = isBlank(load<u32>(entry), load<u32>(entry, 4))
      if (blank < 0) return row
      if (blank == 1) {
        store<u32>(cursor, load<u32>(cursor, BLANK) + 1, BLANK)
        continue
      }
    }
    const lineStart = load<u32>(cursor, AT)
    const messages = load<u32>(cursor, MESSAGES)
    if (messages + fieldCount > capacity || <usize>lineStart > full) return row

    let takesCare = false
    for (let field = fields; field < fieldsEnd; field += FIELD_BYTES) {
      const cell = entry + <usize>load<u32>(field)
      const outcome = addCell(field, load<u32>(cell), load<u32>(cell, 4))
      if (outcome <= CARE) {
        takesCare = true
        break
      }
      store<u32>(field, <u32>outcome, FIELD_OUTCOME)
      const at = load<u32>(cursor, AT)
      store<u8>(at, COMMA)
      store<u32>(cursor, at + 1, AT)
    }
    const person = load<u32>(cursor, PERSON)
    if (takesCare || person == 0) {
      memory.fill(slots + (<usize>messages << 6), 0, (<usize>load<u32>(cursor, MESSAGES) - messages + 1) << 6)
      store<u32>(cursor, lineStart, AT)
      store<u32>(cursor, messages, MESSAGES)
      store<u32>(cursor, 0, PERSON)
      return row
    }
    for (let field = fields; field < fieldsEnd; field += FIELD_BYTES) {
      const counter = field + FIELD_OUTCOME + (<usize>load<u32>(field, FIELD_OUTCOME) << 2)
      store<u32>(counter, load<u32>(counter) + 1)
    }
    store<u8>(load<u32>(cursor, AT) - 1, LF)
    const lines = load<u32>(cursor, LINES)
    store<u32>(people + (<usize>lines << 2), person)
    store<u32>(cursor, lines + 1, LINES)
    store<u32>(cursor, 0, PERSON)
  }
  return count
}

// The number that eight lower-case hex digits stand for: `0` is 30, `a` is 61, so letters have bit 6 set.
@inline function wordOf(digits: usize): u64 {
  const text = load<u64>(digits)
  let x = bswap<u64>((text & 0x0f0f0f0f0f0f0f0f) + 9 * ((text >> 6) & 0x0101010101010101))
  x = (x | (x >> 4)) & 0x00ff00ff00ff00ff
  x = (x | (x >> 8)) & 0x0000ffff0000ffff
  return (x | (x >> 16)) & 0xffffffff
}

/** `addDistinct` (distinct-estimate.ts) for `count` digests in hex, whose addresses (u32) stand at `digests`. */
export function addPeople(digests: usize, count: u32, registers: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const digits = <usize>load<u32>(digests + (i << 2))
    const high = wordOf(digits)
    const rest = (high << 46) | (wordOf(digits + 8) << 14)
    const rank = <u8>(rest == 0 ? 51 : clz(rest) + 1)
    const register = registers + <usize>(high >> 18)
    if (rank > load<u8>(register)) store<u8>(register, rank)
  }
}
