import { CLICKHOUSE, DUCKDB, NAIVE, NATIVE, ROWS_ONLY } from './candidates.mjs';

/** What the engine must reach, as multiples of another one's rows per second in the same run. */
const SPEED = {
  email: { [DUCKDB]: 3, [CLICKHOUSE]: 1, [NATIVE]: 0.5, [NAIVE]: 20 },
  three: { [DUCKDB]: 3, [CLICKHOUSE]: 1, [NATIVE]: 0.4, [NAIVE]: 20 },
  quoted: { [DUCKDB]: 2.5, [NATIVE]: 0.4, [NAIVE]: 20 },
};

const SPLIT_BYTES_PER_SECOND = 1e9;
const ADDED_BYTES = 100_000_000;
/** How far the memory at 50 million rows may lie from that at one million. */
const ADDED_DIFFERENCE = 0.15;

/** One line a target: `ratioTo` gives the engine's multiple of a candidate's speed, undefined for one that did not run. */
export function speedTargets(file, ratioTo) {
  return Object.entries(SPEED[file] ?? {}).flatMap(([name, least]) => {
    const ratio = ratioTo(name);
    const rowsOnly = ratioTo(`${name}${ROWS_ONLY}`);
    const beside = rowsOnly === undefined ? '' : ` (rows only: ${rowsOnly.toFixed(2)})`;
    return ratio === undefined
      ? []
      : [target(`${least} × ${name}`, ratio >= least, `${ratio.toFixed(2)}${beside}`)];
  });
}

function target(what, holds, found) {
  return `${holds ? 'pass' : 'FAIL'}: ${what}: ${found}`;
}

/** Bytes per second of the engine's first pass. */
export function splitTarget(speed) {
  return target('split at 1 GB/s', speed >= SPLIT_BYTES_PER_SECOND, `${(speed / 1e9).toFixed(2)} GB/s`);
}

/** `small` and `large`: bytes that the work added to an idle process, for the two files. */
export function memoryTargets(work, small, large) {
  const most = Math.max(small, large);
  const ratio = large / small;
  return [
    target(`${work}: at most 100 MB`, most <= ADDED_BYTES, `${(most / 1e6).toFixed(0)} MB`),
    target(`${work}: the same for the large file`, Math.abs(ratio - 1) <= ADDED_DIFFERENCE, ratio.toFixed(2)),
  ];
}
