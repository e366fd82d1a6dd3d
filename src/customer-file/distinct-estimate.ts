/**
 * HyperLogLog over the hashes of the people sent, with the estimator of Ertl (2017), which needs no correction for
 * small or large numbers. 2^14 registers: standard error 0.8 %.
 */
const INDEX_BITS = 14;
export const DISTINCT_REGISTERS = 1 << INDEX_BITS;
/** Bits of the digest, behind the index, whose leading zeros are counted. */
const RANK_BITS = 50;
const ALPHA = 1 / (2 * Math.LN2);

export function newDistinctRegisters(): Uint8Array {
  return new Uint8Array(DISTINCT_REGISTERS);
}

/** Counts one person by a digest in hex (16 digits are looked at), in place. */
export function addDistinct(registers: Uint8Array, digest: string): void {
  const high = Number.parseInt(digest.slice(0, 8), 16);
  const low = Number.parseInt(digest.slice(8, 16), 16);
  const index = high >>> (32 - INDEX_BITS);
  const highRest = high & 0x3ffff;
  const rank = highRest === 0 ? 19 + Math.clz32(low) : Math.clz32(highRest) - 13;
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

/** The registers of all people of several parts. */
export function mergeDistinct(parts: Iterable<Uint8Array>): Uint8Array {
  const merged = newDistinctRegisters();
  for (const registers of parts) {
    for (const [index, rank] of registers.entries()) {
      if (rank > (merged[index] ?? 0)) merged[index] = rank;
    }
  }
  return merged;
}

/**
 * About how many different people were sent. Each row sent counts one, so there are never more people than rows.
 *
 * @param parts registers of each part
 */
export function estimatePeople(parts: Iterable<Uint8Array>, rowsSent: number): number {
  return Math.min(estimateDistinct(mergeDistinct(parts)), rowsSent);
}

/** About how many different people were counted, to 0.8 % more or fewer. */
export function estimateDistinct(registers: Uint8Array): number {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1;
  let z = DISTINCT_REGISTERS * tau(1 - (counts[RANK_BITS + 1] ?? 0) / DISTINCT_REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + (counts[rank] ?? 0));
  z += DISTINCT_REGISTERS * sigma((counts[0] ?? 0) / DISTINCT_REGISTERS);
  return Math.round((ALPHA * DISTINCT_REGISTERS * DISTINCT_REGISTERS) / z);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = share;
  for (let previous = Number.NaN; previous !== z; ) {
    x *= x;
    previous = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let previous = Number.NaN; previous !== z; ) {
    x = Math.sqrt(x);
    previous = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
