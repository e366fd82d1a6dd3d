// AssemblyScript. Built into plain-rows-kernel.wasm.ts, with plain-rows.as, by `node scripts/build-kernels.mjs`.
//
// The rules of identifiers/ for the plain spellings of values, on bytes, 16 at a time. A rule gets a cell from `start` to
// `end`, trimmed and not empty. It writes what is to be hashed at `slot`, where 64 bytes are zero, and returns its length,
// or 0 when the careful rule must decide; the slot is then in no defined state. Where it does not return 0, it agrees with
// that rule. It may read 63 bytes beyond the cell, and clear 8 beyond the slot.

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

// `removesDots`, `cutsSuffix`, `beginsPlain`: EmailRules.
function email(
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

// The usual spelling only, in any case. An id that begins with zeros may be nobody's.
function maid(start: usize, end: usize, slot: usize): usize {
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

// A hash of `digits` hex digits, 32 or 64, that is there already: written in lower case at `target`. False when it is none,
// or begins like a hash of nothing or the all-zero id, which are looked at with care; what was written is void then.
function copyHash(start: usize, digits: usize, target: usize): bool {
  for (let at: usize = 0; at < digits; at += 16) {
    const bytes = v128.load(start + at)
    if (isHexDigit(bytes) != 0xffff) return false
    v128.store(target + at, lowerCase(bytes))
  }
  const beginning = load<u32>(target)
  // e3b0, d41d and 0000, as they lie in memory.
  return beginning != 0x30623365 && beginning != 0x64313464 && beginning != 0x30303030
}

// Longer than any number with the usual punctuation.
const MAX_PHONE_BYTES: usize = 32
const MAX_PHONE_DIGITS: u64 = 15
const MIN_PHONE_DIGITS: usize = 7
const PLUS: u8 = 0x2b
const DOT: u8 = 0x2e
const ZERO: u8 = 0x30
const ONE: u8 = 0x31
const TWO: u8 = 0x32

const COUNTRY_CODE_LENGTHS = memory.data(100)

/** Where the lengths of country codes belong, by a number's first two digits: 100 bytes. */
export function countryCodeLengths(): usize { return COUNTRY_CODE_LENGTHS }

// Of the characters that the careful rules take out, the usual ones: space ( ) - . /
@inline function isPhonePunctuation(bytes: v128): u64 {
  const seconds = i8x16(-1, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, -1, -1, -1)
  const second = i8x16.swizzle(seconds, v128.and(bytes, i8x16.splat(15)))
  return <u64>i8x16.bitmask(v128.and(second, i8x16.eq(i8x16.shr_u(bytes, 4), i8x16.splat(2))))
}

// Writes the marked bytes of 32, at most 15 of them, one behind the other, and zeros behind them.
function gather(from: usize, marked: u64, to: usize): void {
  for (let left = marked; left != 0; ) {
    const first = ctz(left)
    const count = ctz(~(left >> first))
    v128.store(to, v128.load(from + <usize>first))
    to += <usize>count
    left &= ~(bitsBelow(count) << first)
  }
  v128.store(to, i8x16.splat(0))
}

// Returns less than 0 for the digits of a national number outside of North America: so many stand at `slot + 2`, and
// which country has them is decided on text. `withPlus`: E.164 with its `+`, or its digits alone.
// `dialsMore`: the country has longer prefixes than 00 that begin with it.
function phone(
  start: usize, end: usize, slot: usize, isAmerican: bool, withPlus: bool, dialsMore: bool,
): isize {
  const length = end - start
  if (length > MAX_PHONE_BYTES) return 0
  const plus = load<u8>(start) == PLUS
  const international = plus || load<u16>(start) == 0x3030
  if (dialsMore && international && !plus) return 0
  const low = v128.load(start)
  const high = v128.load(start, 16)
  const prefix: u64 = plus ? 1 : international ? 2 : 0
  const here = bitsBelow(<u64>length) & ~bitsBelow(prefix)
  const isDigit = (<u64>i8x16.bitmask(isBetween(low, ZERO, 10)) | (<u64>i8x16.bitmask(isBetween(high, ZERO, 10)) << 16)) & here
  const isDot = (where(low, DOT) | (where(high, DOT) << 16)) & here
  // The only dot, behind seven digits or more, may begin a fraction, as spreadsheets write it, which is not punctuation.
  if (popcnt(isDot) == 1 && popcnt((isDigit | bitsBelow(prefix)) & (isDot - 1)) >= MIN_PHONE_DIGITS) return 0
  const isPunctuation = isPhonePunctuation(low) | (isPhonePunctuation(high) << 16)
  if ((isDigit | isPunctuation) & here ^ here) return 0
  const isOpening = where(low, 0x28) | (where(high, 0x28) << 16)
  const isZero = where(low, ZERO) | (where(high, ZERO) << 16)
  // A trunk zero in brackets.
  if (isOpening & here & (isZero >> 1)) return 0
  const digits = popcnt(isDigit)
  if (digits == 0 || digits > MAX_PHONE_DIGITS) return 0

  gather(start, isDigit, international ? slot + 1 : slot + 2)
  let e164: usize = 0
  if (international) e164 = internationalLength(slot, <usize>digits)
  else if (isAmerican) e164 = americanLength(slot, <usize>digits)
  else return -<isize>digits
  if (e164 == 0) return 0
  if (withPlus) {
    store<u8>(slot, PLUS)
    return <isize>e164
  }
  v128.store(slot, v128.load(slot, 1))
  return <isize>e164 - 1
}

// The digits stand from `slot + 1` on.
function internationalLength(slot: usize, digits: usize): usize {
  const first = load<u8>(slot, 1)
  if (digits < MIN_PHONE_DIGITS || first == ZERO) return 0
  const code = <usize>load<u8>(COUNTRY_CODE_LENGTHS + <usize>(first - ZERO) * 10 + <usize>(load<u8>(slot, 2) - ZERO))
  // A zero behind the country code may be a trunk zero written by mistake.
  return load<u8>(slot + 1 + code) == ZERO ? 0 : digits + 1
}

// Ten digits, or eleven with the country code, the area code beginning with 2 to 9. They stand from `slot + 2` on.
function americanLength(slot: usize, digits: usize): usize {
  if (digits == 11 && load<u8>(slot, 2) == ONE && load<u8>(slot, 3) >= TWO) {
    v128.store(slot, v128.load(slot, 2), 1)
    return 12
  }
  if (digits != 10 || load<u8>(slot, 2) < TWO) return 0
  store<u8>(slot, ONE, 1)
  return 12
}
