// AssemblyScript. Built into sha256-kernel.wasm.ts by `node scripts/build-kernels.mjs`.
//
// SHA-256 (FIPS 180-4) of messages of at most 55 bytes, which are one block each. Four messages go at once, one in each
// 32-bit lane of a v128: the compression function has no branch and no data-dependent address, so that the lanes never
// part. Digests are written as lower-case hex.

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

// The message schedule: 64 words of each of the four messages.
const W = memory.data(64 * 16, 16)

// Where the digests of lanes go that have no message.
const NOWHERE = memory.data(64, 16)

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

function hashFour(slot: usize, targets: usize): void {
  loadQuarter(slot, 0)
  loadQuarter(slot, 1)
  loadQuarter(slot, 2)
  loadQuarter(slot, 3)
  for (let t: usize = 16; t < 64; t += 4) {
    schedule(t)
    schedule(t + 1)
    schedule(t + 2)
    schedule(t + 3)
  }
  const a0 = i32x4.splat(0x6a09e667)
  const b0 = i32x4.splat(0xbb67ae85)
  const c0 = i32x4.splat(0x3c6ef372)
  const d0 = i32x4.splat(0xa54ff53a)
  const e0 = i32x4.splat(0x510e527f)
  const f0 = i32x4.splat(0x9b05688c)
  const g0 = i32x4.splat(0x1f83d9ab)
  const h0 = i32x4.splat(0x5be0cd19)
  let a = a0, b = b0, c = c0, d = d0, e = e0, f = f0, g = g0, h = h0
  // Instead of moving eight variables along after each round, eight rounds are written with the names moved.
  for (let t: usize = 0; t < 64; t += 8) {
    h = temp1(t, e, f, g, h); d = add(d, h); h = add(h, temp2(a, b, c))
    g = temp1(t + 1, d, e, f, g); c = add(c, g); g = add(g, temp2(h, a, b))
    f = temp1(t + 2, c, d, e, f); b = add(b, f); f = add(f, temp2(g, h, a))
    e = temp1(t + 3, b, c, d, e); a = add(a, e); e = add(e, temp2(f, g, h))
    d = temp1(t + 4, a, b, c, d); h = add(h, d); d = add(d, temp2(e, f, g))
    c = temp1(t + 5, h, a, b, c); g = add(g, c); c = add(c, temp2(d, e, f))
    b = temp1(t + 6, g, h, a, b); f = add(f, b); b = add(b, temp2(c, d, e))
    a = temp1(t + 7, f, g, h, a); e = add(e, a); a = add(a, temp2(b, c, d))
  }
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
 * Clears the slots.
 */
export function hash(count: u32, slots: usize, lengths: usize, targets: usize): void {
  for (let i: u32 = 0; i < count; i++) pad(slots + (i << 6), load<u32>(lengths + (i << 2)))
  for (let i = count; i & 3; i++) store<u32>(targets + (i << 2), <u32>NOWHERE)
  for (let i: u32 = 0; i < count; i += 4) hashFour(slots + (i << 6), targets + (i << 2))
  memory.fill(slots, 0, (<usize>count + 3 & ~3) << 6)
}
