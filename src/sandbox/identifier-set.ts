/** The first 128 bits of an identifier, as four unsigned 32-bit numbers. Distinct identifiers differ in them. */
export const KEY_WORDS = 4;

const EMPTY = 0;
const PRESENT = 1;
const REMOVED = 2;
const INITIAL_SLOTS = 1024;

/**
 * A set of 128-bit keys in typed arrays: 17 bytes a slot, so that some millions of identifiers fit in the memory that a
 * tenth of them would take as strings. Keys are passed as an array and the index of their first word, to make no object
 * for each.
 */
export class IdentifierSet {
  #keys = new Uint32Array(INITIAL_SLOTS * KEY_WORDS);
  #states = new Uint8Array(INITIAL_SLOTS);
  #slots = INITIAL_SLOTS;
  /** Slots that are not empty; a removed key keeps its slot until the table grows. */
  #used = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: Uint32Array, at: number): void {
    if ((this.#used + 1) * 4 > this.#slots * 3) this.#grow();
    const slot = this.#find(key, at);
    const state = this.#states[slot];
    if (state === PRESENT) return;
    if (state === EMPTY) {
      for (let word = 0; word < KEY_WORDS; word += 1) {
        this.#keys[slot * KEY_WORDS + word] = key[at + word] ?? 0;
      }
      this.#used += 1;
    }
    this.#states[slot] = PRESENT;
    this.#size += 1;
  }

  remove(key: Uint32Array, at: number): void {
    const slot = this.#find(key, at);
    if (this.#states[slot] !== PRESENT) return;
    this.#states[slot] = REMOVED;
    this.#size -= 1;
  }

  has(key: Uint32Array, at: number): boolean {
    return this.#states[this.#find(key, at)] === PRESENT;
  }

  /** The slot that holds the key, present or removed, or the empty one where it belongs. */
  #find(key: Uint32Array, at: number): number {
    const a = key[at] ?? 0;
    const b = key[at + 1] ?? 0;
    const c = key[at + 2] ?? 0;
    const d = key[at + 3] ?? 0;
    const mask = this.#slots - 1;
    // Digests are evenly spread already; plain MAIDs of one maker can share most of their digits.
    let hash =
      Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35) ^
      Math.imul(c ^ Math.imul(d, 0x27d4eb2f), 0x165667b1);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.#states[slot] !== EMPTY) {
      const base = slot * KEY_WORDS;
      const keys = this.#keys;
      if (keys[base] === a && keys[base + 1] === b && keys[base + 2] === c && keys[base + 3] === d)
        return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const states = this.#states;
    this.#slots *= 2;
    this.#keys = new Uint32Array(this.#slots * KEY_WORDS);
    this.#states = new Uint8Array(this.#slots);
    this.#used = 0;
    this.#size = 0;
    for (let slot = 0; slot < states.length; slot += 1) {
      if (states[slot] === PRESENT) this.add(keys, slot * KEY_WORDS);
    }
  }
}
