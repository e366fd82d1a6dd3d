// AssemblyScript. Built into digest-kernel.wasm.ts by `node scripts/build-kernels.mjs`.
//
// SHA-256 (FIPS 180-4) of messages of at most 55 bytes, which are one block each, and MD5 (RFC 1321) of a text that goes
// on. Four messages go at once, one in each 32-bit lane of a v128: the compression function has no branch and no
// data-dependent address, so that the lanes never part. Their digests are written as lower-case hex.
//
// A step of MD5 waits for the one before it, and leaves most of the processor idle; a round of SHA-256 over vectors keeps
// it busy, but not its ordinary registers. So 64 rounds of the one stand between 256 steps of the other, and both take
// hardly longer than SHA-256 alone.

// The 64 round constants.
const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])

// The message schedule: 64 words of each of the four messages, and 16 that nobody reads.
const W = memory.data(80 * 16, 16)

// Where the digests of lanes go that have no message, and four targets that say so.
const NOWHERE = memory.data(64, 16)
const NO_TARGETS = memory.data(16, 16)

// The MD5 of all blocks so far.
let md5A: u32 = 0
let md5B: u32 = 0
let md5C: u32 = 0
let md5D: u32 = 0

@inline function add(x: v128, y: v128): v128 { return i32x4.add(x, y) }
@inline function xor3(x: v128, y: v128, z: v128): v128 { return v128.xor(v128.xor(x, y), z) }
@inline function rotr(x: v128, n: i32): v128 { return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n)) }
@inline function bigSigma0(x: v128): v128 { return xor3(rotr(x, 2), rotr(x, 13), rotr(x, 22)) }
@inline function bigSigma1(x: v128): v128 { return xor3(rotr(x, 6), rotr(x, 11), rotr(x, 25)) }
@inline function smallSigma0(x: v128): v128 { return xor3(rotr(x, 7), rotr(x, 18), i32x4.shr_u(x, 3)) }
@inline function smallSigma1(x: v128): v128 { return xor3(rotr(x, 17), rotr(x, 19), i32x4.shr_u(x, 10)) }
@inline function choose(x: v128, y: v128, z: v128): v128 { return v128.bitselect(y, z, x) }
// Where x and y agree, that is the majority; elsewhere z decides.
@inline function majority(x: v128, y: v128, z: v128): v128 { return v128.bitselect(z, x, v128.xor(x, y)) }

@inline function word(t: usize): v128 { return v128.load(W + (t << 4)) }

// What a round adds that does not depend on the rounds before it but for e, f, g and h.
@inline function temp1(t: usize, e: v128, f: v128, g: v128, h: v128): v128 {
  return add(add(h, add(v128.load32_splat(K + (t << 2)), word(t))), add(bigSigma1(e), choose(e, f, g)))
}
@inline function temp2(a: v128, b: v128, c: v128): v128 { return add(bigSigma0(a), majority(a, b, c)) }

@inline function schedule(t: usize): void {
  v128.store(
    W + (t << 4),
    add(add(smallSigma1(word(t - 2)), word(t - 7)), add(smallSigma0(word(t - 15)), word(t - 16))),
  )
}

@inline function swapBytes(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
}

// Words 4 * quarter to 4 * quarter + 3 of four messages, turned so that each vector has one word of every message.
@inline function loadQuarter(slot: usize, quarter: usize): void {
  const from = slot + (quarter << 4)
  const m0 = swapBytes(v128.load(from))
  const m1 = swapBytes(v128.load(from, 64))
  const m2 = swapBytes(v128.load(from, 128))
  const m3 = swapBytes(v128.load(from, 192))
  const low01 = i32x4.shuffle(m0, m1, 0, 4, 1, 5)
  const high01 = i32x4.shuffle(m0, m1, 2, 6, 3, 7)
  const low23 = i32x4.shuffle(m2, m3, 0, 4, 1, 5)
  const high23 = i32x4.shuffle(m2, m3, 2, 6, 3, 7)
  const to = W + (quarter << 6)
  v128.store(to, i64x2.shuffle(low01, low23, 0, 2))
  v128.store(to, i64x2.shuffle(low01, low23, 1, 3), 16)
  v128.store(to, i64x2.shuffle(high01, high23, 0, 2), 32)
  v128.store(to, i64x2.shuffle(high01, high23, 1, 3), 48)
}

@inline function writeHex(bytes: v128, to: usize): void {
  const digits = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102)
  const low = i8x16.swizzle(digits, v128.and(bytes, i8x16.splat(15)))
  const high = i8x16.swizzle(digits, i8x16.shr_u(bytes, 4))
  v128.store(to, i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
  v128.store(to, i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16)
}

// Half of each digest: four words of every message, turned back into one vector a message.
@inline function writeHalf(a: v128, b: v128, c: v128, d: v128, targets: usize, offset: usize): void {
  const low01 = i32x4.shuffle(a, b, 0, 4, 1, 5)
  const high01 = i32x4.shuffle(a, b, 2, 6, 3, 7)
  const low23 = i32x4.shuffle(c, d, 0, 4, 1, 5)
  const high23 = i32x4.shuffle(c, d, 2, 6, 3, 7)
  writeHex(swapBytes(i64x2.shuffle(low01, low23, 0, 2)), load<u32>(targets) + offset)
  writeHex(swapBytes(i64x2.shuffle(low01, low23, 1, 3)), load<u32>(targets, 4) + offset)
  writeHex(swapBytes(i64x2.shuffle(high01, high23, 0, 2)), load<u32>(targets, 8) + offset)
  writeHex(swapBytes(i64x2.shuffle(high01, high23, 1, 3)), load<u32>(targets, 12) + offset)
}

// One step of MD5 with each of its four functions. What was computed last comes in last, since it is waited for.
@inline function ff(a: u32, b: u32, c: u32, d: u32, block: usize, word: usize, constant: u32, turn: u32): u32 {
  return b + rotl<u32>(a + constant + load<u32>(block + (word << 2)) + (d ^ (b & (c ^ d))), turn)
}
@inline function gg(a: u32, b: u32, c: u32, d: u32, block: usize, word: usize, constant: u32, turn: u32): u32 {
  return b + rotl<u32>(a + constant + load<u32>(block + (word << 2)) + (~d & c) + (d & b), turn)
}
@inline function hh(a: u32, b: u32, c: u32, d: u32, block: usize, word: usize, constant: u32, turn: u32): u32 {
  return b + rotl<u32>(a + constant + load<u32>(block + (word << 2)) + (c ^ d ^ b), turn)
}
@inline function ii(a: u32, b: u32, c: u32, d: u32, block: usize, word: usize, constant: u32, turn: u32): u32 {
  return b + rotl<u32>(a + constant + load<u32>(block + (word << 2)) + (c ^ (b | ~d)), turn)
}

// Where the rounds leave a value that nobody reads: the store holds each round in its place between the steps of MD5.
// Without it V8 puts all steps behind all rounds, and they take turns instead of going together.
const KEPT = memory.data(16, 16)
@inline function keep(x: v128): v128 {
  v128.store(KEPT, x)
  return x
}

// Hashes four messages, and adds the first `blocks` of the four blocks (64 bytes each) at `text` to the MD5.
function hashFour(slot: usize, targets: usize, text: usize, blocks: u32): void {
  loadQuarter(slot, 0)
  loadQuarter(slot, 1)
  loadQuarter(slot, 2)
  loadQuarter(slot, 3)
  const a0 = i32x4.splat(0x6a09e667)
  const b0 = i32x4.splat(0xbb67ae85)
  const c0 = i32x4.splat(0x3c6ef372)
  const d0 = i32x4.splat(0xa54ff53a)
  const e0 = i32x4.splat(0x510e527f)
  const f0 = i32x4.splat(0x9b05688c)
  const g0 = i32x4.splat(0x1f83d9ab)
  const h0 = i32x4.splat(0x5be0cd19)
  let a = a0, b = b0, c = c0, d = d0, e = e0, f = f0, g = g0, h = h0
  let block = text
  let left = blocks
  let p0 = md5A, q0 = md5B, r0 = md5C, s0 = md5D
  // Instead of moving variables along after each round and step, they are written with the names moved.
  for (let t: usize = 0; t < 64; t += 16) {
    let p = p0, q = q0, r = r0, s = s0
    schedule(t + 16); h = temp1(t + 0, e, f, g, h); d = add(d, h); h = keep(add(h, temp2(a, b, c)))
    p = ff(p, q, r, s, block, 0, 0xd76aa478, 7); s = ff(s, p, q, r, block, 1, 0xe8c7b756, 12)
    r = ff(r, s, p, q, block, 2, 0x242070db, 17); q = ff(q, r, s, p, block, 3, 0xc1bdceee, 22)
    schedule(t + 17); g = temp1(t + 1, d, e, f, g); c = add(c, g); g = keep(add(g, temp2(h, a, b)))
    p = ff(p, q, r, s, block, 4, 0xf57c0faf, 7); s = ff(s, p, q, r, block, 5, 0x4787c62a, 12)
    r = ff(r, s, p, q, block, 6, 0xa8304613, 17); q = ff(q, r, s, p, block, 7, 0xfd469501, 22)
    schedule(t + 18); f = temp1(t + 2, c, d, e, f); b = add(b, f); f = keep(add(f, temp2(g, h, a)))
    p = ff(p, q, r, s, block, 8, 0x698098d8, 7); s = ff(s, p, q, r, block, 9, 0x8b44f7af, 12)
    r = ff(r, s, p, q, block, 10, 0xffff5bb1, 17); q = ff(q, r, s, p, block, 11, 0x895cd7be, 22)
    schedule(t + 19); e = temp1(t + 3, b, c, d, e); a = add(a, e); e = keep(add(e, temp2(f, g, h)))
    p = ff(p, q, r, s, block, 12, 0x6b901122, 7); s = ff(s, p, q, r, block, 13, 0xfd987193, 12)
    r = ff(r, s, p, q, block, 14, 0xa679438e, 17); q = ff(q, r, s, p, block, 15, 0x49b40821, 22)
    schedule(t + 20); d = temp1(t + 4, a, b, c, d); h = add(h, d); d = keep(add(d, temp2(e, f, g)))
    p = gg(p, q, r, s, block, 1, 0xf61e2562, 5); s = gg(s, p, q, r, block, 6, 0xc040b340, 9)
    r = gg(r, s, p, q, block, 11, 0x265e5a51, 14); q = gg(q, r, s, p, block, 0, 0xe9b6c7aa, 20)
    schedule(t + 21); c = temp1(t + 5, h, a, b, c); g = add(g, c); c = keep(add(c, temp2(d, e, f)))
    p = gg(p, q, r, s, block, 5, 0xd62f105d, 5); s = gg(s, p, q, r, block, 10, 0x02441453, 9)
    r = gg(r, s, p, q, block, 15, 0xd8a1e681, 14); q = gg(q, r, s, p, block, 4, 0xe7d3fbc8, 20)
    schedule(t + 22); b = temp1(t + 6, g, h, a, b); f = add(f, b); b = keep(add(b, temp2(c, d, e)))
    p = gg(p, q, r, s, block, 9, 0x21e1cde6, 5); s = gg(s, p, q, r, block, 14, 0xc33707d6, 9)
    r = gg(r, s, p, q, block, 3, 0xf4d50d87, 14); q = gg(q, r, s, p, block, 8, 0x455a14ed, 20)
    schedule(t + 23); a = temp1(t + 7, f, g, h, a); e = add(e, a); a = keep(add(a, temp2(b, c, d)))
    p = gg(p, q, r, s, block, 13, 0xa9e3e905, 5); s = gg(s, p, q, r, block, 2, 0xfcefa3f8, 9)
    r = gg(r, s, p, q, block, 7, 0x676f02d9, 14); q = gg(q, r, s, p, block, 12, 0x8d2a4c8a, 20)
    schedule(t + 24); h = temp1(t + 8, e, f, g, h); d = add(d, h); h = keep(add(h, temp2(a, b, c)))
    p = hh(p, q, r, s, block, 5, 0xfffa3942, 4); s = hh(s, p, q, r, block, 8, 0x8771f681, 11)
    r = hh(r, s, p, q, block, 11, 0x6d9d6122, 16); q = hh(q, r, s, p, block, 14, 0xfde5380c, 23)
    schedule(t + 25); g = temp1(t + 9, d, e, f, g); c = add(c, g); g = keep(add(g, temp2(h, a, b)))
    p = hh(p, q, r, s, block, 1, 0xa4beea44, 4); s = hh(s, p, q, r, block, 4, 0x4bdecfa9, 11)
    r = hh(r, s, p, q, block, 7, 0xf6bb4b60, 16); q = hh(q, r, s, p, block, 10, 0xbebfbc70, 23)
    schedule(t + 26); f = temp1(t + 10, c, d, e, f); b = add(b, f); f = keep(add(f, temp2(g, h, a)))
    p = hh(p, q, r, s, block, 13, 0x289b7ec6, 4); s = hh(s, p, q, r, block, 0, 0xeaa127fa, 11)
    r = hh(r, s, p, q, block, 3, 0xd4ef3085, 16); q = hh(q, r, s, p, block, 6, 0x04881d05, 23)
    schedule(t + 27); e = temp1(t + 11, b, c, d, e); a = add(a, e); e = keep(add(e, temp2(f, g, h)))
    p = hh(p, q, r, s, block, 9, 0xd9d4d039, 4); s = hh(s, p, q, r, block, 12, 0xe6db99e5, 11)
    r = hh(r, s, p, q, block, 15, 0x1fa27cf8, 16); q = hh(q, r, s, p, block, 2, 0xc4ac5665, 23)
    schedule(t + 28); d = temp1(t + 12, a, b, c, d); h = add(h, d); d = keep(add(d, temp2(e, f, g)))
    p = ii(p, q, r, s, block, 0, 0xf4292244, 6); s = ii(s, p, q, r, block, 7, 0x432aff97, 10)
    r = ii(r, s, p, q, block, 14, 0xab9423a7, 15); q = ii(q, r, s, p, block, 5, 0xfc93a039, 21)
    schedule(t + 29); c = temp1(t + 13, h, a, b, c); g = add(g, c); c = keep(add(c, temp2(d, e, f)))
    p = ii(p, q, r, s, block, 12, 0x655b59c3, 6); s = ii(s, p, q, r, block, 3, 0x8f0ccc92, 10)
    r = ii(r, s, p, q, block, 10, 0xffeff47d, 15); q = ii(q, r, s, p, block, 1, 0x85845dd1, 21)
    schedule(t + 30); b = temp1(t + 14, g, h, a, b); f = add(f, b); b = keep(add(b, temp2(c, d, e)))
    p = ii(p, q, r, s, block, 8, 0x6fa87e4f, 6); s = ii(s, p, q, r, block, 15, 0xfe2ce6e0, 10)
    r = ii(r, s, p, q, block, 6, 0xa3014314, 15); q = ii(q, r, s, p, block, 13, 0x4e0811a1, 21)
    schedule(t + 31); a = temp1(t + 15, f, g, h, a); e = add(e, a); a = keep(add(a, temp2(b, c, d)))
    p = ii(p, q, r, s, block, 4, 0xf7537e82, 6); s = ii(s, p, q, r, block, 11, 0xbd3af235, 10)
    r = ii(r, s, p, q, block, 2, 0x2ad7d2bb, 15); q = ii(q, r, s, p, block, 9, 0xeb86d391, 21)
    const counts = left != 0
    p0 = counts ? p0 + p : p0
    q0 = counts ? q0 + q : q0
    r0 = counts ? r0 + r : r0
    s0 = counts ? s0 + s : s0
    left -= <u32>counts
    block += <usize>counts << 6
  }
  md5A = p0
  md5B = q0
  md5C = r0
  md5D = s0
  writeHalf(add(a, a0), add(b, b0), add(c, c0), add(d, d0), targets, 0)
  writeHalf(add(e, e0), add(f, f0), add(g, g0), add(h, h0), targets, 32)
}

// The end of the only block: a one bit, zeros, and the length in bits, big-endian. Slots are zero behind the message.
@inline function pad(slot: usize, length: u32): void {
  store<u8>(slot + length, 0x80)
  store<u16>(slot, bswap<u16>(<u16>(length << 3)), 62)
}

/**
 * Hashes `count` messages. Message i stands at slots + 64 * i, followed by zeros up to 64 bytes; lengths[i] (u32) is its
 * length and targets[i] (u32) the address that its 64 hex digits go to. `targets` has room for three more entries.
 * Clears the slots. Meanwhile the MD5 takes from the `blocks` at `text` as many as there are messages, a multiple of four.
 */
export function hash(count: u32, slots: usize, lengths: usize, targets: usize, text: usize, blocks: u32): void {
  for (let i: u32 = 0; i < count; i++) pad(slots + (i << 6), load<u32>(lengths + (i << 2)))
  for (let i = count; i & 3; i++) store<u32>(targets + (i << 2), <u32>NOWHERE)
  for (let i: u32 = 0; i < count; i += 4) {
    const taken = i < blocks ? min<u32>(blocks - i, 4) : 0
    hashFour(slots + (i << 6), targets + (i << 2), text + (min(i, blocks) << 6), taken)
  }
  memory.fill(slots, 0, (<usize>count + 3 & ~3) << 6)
}

/** Begins the MD5 of another text. */
export function beginMd5(): void {
  md5A = 0x67452301
  md5B = 0xefcdab89
  md5C = 0x98badcfe
  md5D = 0x10325476
}

/** Adds the `blocks` at `text` to the MD5. */
export function addMd5(text: usize, blocks: u32): void {
  for (let i: usize = 0; i < 4; i++) store<u32>(NO_TARGETS + (i << 2), <u32>NOWHERE)
  for (let i: u32 = 0; i < blocks; i += 4) hashFour(W, NO_TARGETS, text + (i << 6), min<u32>(blocks - i, 4))
}

/** Word 0 to 3 of the MD5 of all blocks so far, the text's own end among them. */
export function md5Word(i: u32): u32 {
  return i == 0 ? md5A : i == 1 ? md5B : i == 2 ? md5C : md5D
}
