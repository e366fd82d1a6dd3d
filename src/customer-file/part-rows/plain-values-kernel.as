// AssemblyScript. Built into plain-values-kernel.wasm.ts by `node scripts/build-kernels.mjs`.
//
// The plain spellings of e-mail addresses and MAIDs, 16 bytes at a time, and the count of people. `email` and `maid`
// are byte rules (byte-rules.ts): they write what is to be hashed at `slot`, where 64 bytes are zero, and return its
// length, or 0 where the careful rules must decide. They may read 63 bytes beyond the cell, and clear 8 beyond the slot.

const MAX_MESSAGE_BYTES: usize = 55
const APOSTROPHE: u8 = 0x27

@inline function bitsBelow(count: u64): u64 { return ((<u64>1) << count) - 1 }
@inline function isBetween(bytes: v128, first: u8, count: u8): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(first)), i8x16.splat(count))
}
@inline function lowerCase(bytes: v128): v128 {
  return v128.or(bytes, v128.and(isBetween(bytes, 0x41, 26), i8x16.splat(0x20)))
}

// The bytes that an address needs care for, by their two hexadecimal digits: each first digit has a bit, and the entry
// of a second digit has the bits of all first digits it goes with. 1: white space 09 to 0d. 2: white space 20 and the
// marks " ( ) , (22 28 29 2c). 4: the marks : ; < > (3a 3b 3c 3e). 8: the marks [ \ ] (5b 5c 5d). 16: not ASCII.
@inline function unusual(bytes: v128): u64 {
  const firsts = i8x16(1, 0, 2, 4, 0, 8, 0, 0, 16, 16, 16, 16, 16, 16, 16, 16)
  const seconds = i8x16(18, 16, 18, 16, 16, 16, 16, 16, 18, 19, 21, 29, 31, 25, 20, 16)
  const common = v128.and(
    i8x16.swizzle(firsts, i8x16.shr_u(bytes, 4)),
    i8x16.swizzle(seconds, v128.and(bytes, i8x16.splat(15))),
  )
  return <u64>(i8x16.bitmask(i8x16.eq(common, i8x16.splat(0))) ^ 0xffff)
}

@inline function where(bytes: v128, byte: u8): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(byte)))
}

// Writes up to 15 bytes more than `count`.
@inline function copyInLowerCase(from: usize, count: usize, to: usize): void {
  for (let at: usize = 0; at < count; at += 16) v128.store(to + at, lowerCase(v128.load(from + at)))
}

/** `removesDots`, `cutsSuffix`, `beginsPlain`: EmailRules. */
export function email(
  start: usize, end: usize, slot: usize, removesDots: bool, cutsSuffix: bool, beginsPlain: bool,
): usize {
  const length = end - start
  if (length > MAX_MESSAGE_BYTES || load<u8>(start) == APOSTROPHE) return 0
  let care: u64 = 0
  let ats: u64 = 0
  let dots: u64 = 0
  let pluses: u64 = 0
  for (let at: usize = 0; at < length; at += 16) {
    const bytes = v128.load(start + at)
    care |= unusual(bytes) << at
    ats |= where(bytes, 0x40) << at
    dots |= where(bytes, 0x2e) << at
    pluses |= where(bytes, 0x2b) << at
  }
  const here = bitsBelow(length)
  ats &= here
  // One @ sign, with something on either side.
  if ((care & here) != 0 || ats == 0 || (ats & (ats - 1)) != 0 || (ats & 1) != 0) return 0
  const boundary = <usize>ctz(ats)
  if (boundary + 1 == length) return 0

  const plus = cutsSuffix ? pluses & (ats - 1) : 0
  const localEnd = plus != 0 ? <usize>ctz(plus) : boundary
  let to = slot
  let from: usize = 0
  if (removesDots) {
    for (let dot = dots & bitsBelow(localEnd); dot != 0; dot &= dot - 1) {
      const next = <usize>ctz(dot)
      copyInLowerCase(start + from, next - from, to)
      to += next - from
      from = next + 1
    }
  }
  if (localEnd != boundary) {
    copyInLowerCase(start + from, localEnd - from, to)
    to += localEnd - from
    from = boundary
  }
  if (to + boundary == slot + from) return 0
  copyInLowerCase(start + from, length - from, to)
  to += length - from
  v128.store(to, i8x16.splat(0))
  return beginsPlain && !beginsWithLetterOrDigit(slot) ? 0 : to - slot
}

function beginsWithLetterOrDigit(slot: usize): bool {
  const first = load<u8>(slot)
  return <u8>(first - 0x30) < 10 || <u8>(first - 0x61) < 26
}

const MAID_BYTES: usize = 36
const DASHES: u64 = (1 << 8) | (1 << 13) | (1 << 18) | (1 << 23)

@inline function isHexDigit(bytes: v128): u64 {
  return <u64>i8x16.bitmask(v128.or(isBetween(bytes, 0x30, 10), isBetween(lowerCase(bytes), 0x61, 6)))
}

/** The usual spelling only, in any case. An id that begins with zeros may be nobody's. */
export function maid(start: usize, end: usize, slot: usize): usize {
  if (end - start != MAID_BYTES || (load<u32>(start) & 0xffffff) == 0x303030) return 0
  const first = v128.load(start)
  const second = v128.load(start, 16)
  const last = v128.load(start, 20)
  const dashes = where(first, 0x2d) | (where(second, 0x2d) << 16)
  const digits = isHexDigit(first) | (isHexDigit(second) << 16) | (isHexDigit(last) << 20)
  if (dashes != DASHES || digits != (bitsBelow(MAID_BYTES) ^ DASHES)) return 0
  v128.store(slot, lowerCase(first))
  v128.store(slot, lowerCase(second), 16)
  store<u32>(slot, i32x4.extract_lane(lowerCase(last), 3), 32)
  return MAID_BYTES
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
