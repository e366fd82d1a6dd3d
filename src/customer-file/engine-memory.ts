import { BATCH_MESSAGES, CLOSING_BYTES, SLOT_BYTES } from './digests/digest-batch.js';
import { DISTINCT_REGISTERS } from './distinct-estimate.js';
import { type KernelMemory, newKernelMemory } from './load-kernel.js';
import { MAX_RECORD_BYTES } from './record-limits.js';

/** Below it are the modules' own constants. */
const FIRST_ADDRESS = 65_536;
/** The kernels read blocks of 64 bytes and write blocks of 16. */
const SPARE_BYTES = 64;
/** Of six numbers, and of eight a field of the output. */
const CURSOR_BYTES = 24;
const FIELD_BYTES = 32;
/** Of a line that holds nothing but one MD5. */
const SHORTEST_LINE_BYTES = 33;

/** Rows that are found at once: few enough that the table stays in the processor's cache. */
export const TABLE_ROWS = 1024;
/** Prepared lines that are kept until they are written. */
export const OUTPUT_BYTES = 1024 * 1024;

/** The one memory in which the kernels and TypeScript work on a file, and what stands where. Addresses are multiples of 64. */
export interface EngineMemory {
  readonly wantedColumns: number;
  readonly fieldCount: number;
  readonly memory: KernelMemory;
  /** Bytes of the upload; room for the longest record. */
  readonly input: number;
  /** Indices of the columns whose cells are wanted. */
  readonly wanted: number;
  readonly table: number;
  /** How far the output is, and what its fields are: see part-rows/plain-rows.ts. */
  readonly cursor: number;
  readonly fields: number;
  /** Messages to be hashed. */
  readonly slots: number;
  readonly lengths: number;
  readonly targets: number;
  readonly output: number;
  /** Where the first digest of each line of the output stands. */
  readonly people: number;
  /** Registers of the estimate of distinct people. */
  readonly distinct: number;
}

/** Numbers (u32) of a row's entry in the table. */
export function entryNumbers(wantedColumns: number): number {
  return 4 + 2 * wantedColumns;
}

/**
 * Memories of calls that are over. The system takes the pages of a forgotten one back only long after, so that one for
 * every part would add up. A thread splits and prepares, so it needs two at most.
 */
const idle: EngineMemory[] = [];
const MAX_IDLE = 2;

/** A memory for one call of the engine, with nothing to be hashed and nobody counted. Give it back at the end. */
export function takeEngineMemory(wantedColumns: number, fieldCount: number): EngineMemory {
  const at = idle.findIndex(
    (engine) => engine.wantedColumns === wantedColumns && engine.fieldCount === fieldCount,
  );
  const [engine] = at === -1 ? [] : idle.splice(at, 1);
  if (engine === undefined) return newEngineMemory(wantedColumns, fieldCount);
  const bytes = new Uint8Array(engine.memory.buffer);
  bytes.fill(0, engine.slots, engine.lengths);
  bytes.fill(0, engine.distinct, engine.distinct + DISTINCT_REGISTERS);
  return engine;
}

/** Nobody may use the memory any more. */
export function giveEngineMemoryBack(engine: EngineMemory): void {
  idle.unshift(engine);
  idle.length = Math.min(idle.length, MAX_IDLE);
}

function newEngineMemory(wantedColumns: number, fieldCount: number): EngineMemory {
  let free = FIRST_ADDRESS;
  const take = (bytes: number): number => {
    const address = free;
    free += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const input = take(MAX_RECORD_BYTES + SPARE_BYTES);
  const wanted = take(4 * wantedColumns);
  const table = take(TABLE_ROWS * 4 * entryNumbers(wantedColumns));
  const cursor = take(CURSOR_BYTES);
  const fields = take(FIELD_BYTES * fieldCount);
  const slots = take(BATCH_MESSAGES * SLOT_BYTES + SPARE_BYTES);
  const lengths = take(BATCH_MESSAGES * 4);
  const targets = take(BATCH_MESSAGES * 4 + SPARE_BYTES);
  const output = take(OUTPUT_BYTES + CLOSING_BYTES);
  const people = take(4 * Math.ceil(OUTPUT_BYTES / SHORTEST_LINE_BYTES));
  const distinct = take(DISTINCT_REGISTERS);
  return {
    wantedColumns,
    fieldCount,
    memory: newKernelMemory(free),
    input,
    wanted,
    table,
    cursor,
    fields,
    slots,
    lengths,
    targets,
    output,
    people,
    distinct,
  };
}
