import type { EmailRules } from '../identifiers/profiles.js';
import { type KernelMemory, kernelFunction, loadKernel } from '../load-kernel.js';
import { WASM } from './plain-values-kernel.wasm.js';

/** The kernel of plain values, on addresses of its memory. */
export interface PlainValues {
  /** As `ByteRule`. */
  readonly email: (start: number, end: number, slot: number, rules: EmailRules) => number;
  readonly maid: (start: number, end: number, slot: number) => number;
  /** `addDistinct` for `count` digests, whose addresses (u32) stand at `digests`. */
  readonly addPeople: (digests: number, count: number, registers: number) => void;
}

/** Throws where WebAssembly or its SIMD instructions are missing. */
export function openPlainValues(memory: KernelMemory): PlainValues {
  const kernel = loadKernel(WASM, memory);
  const email = kernelFunction(kernel, 'email');
  const maid = kernelFunction(kernel, 'maid');
  const addPeople = kernelFunction(kernel, 'addPeople');
  return {
    email: (start, end, slot, { removeDots, cutSuffix, beginsWithLetterOrDigit }) =>
      email(start, end, slot, removeDots ? 1 : 0, cutSuffix ? 1 : 0, beginsWithLetterOrDigit ? 1 : 0),
    maid: (start, end, slot) => maid(start, end, slot),
    addPeople: (digests, count, registers) => {
      addPeople(digests, count, registers);
    },
  };
}
