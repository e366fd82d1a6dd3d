/** The sums of a story. Everything from `lost` on must be 0 or empty. */
export interface SoakReport {
  readonly seed: number;
  readonly disturbances: Readonly<Record<string, number>>;
  readonly runs: number;
  /** Runs that were cancelled; `unknown`: at a moment when TikTok was being asked. */
  readonly canceled: number;
  readonly unknown: number;
  readonly audiences: number;
  readonly rows: number;
  readonly members: number;
  readonly seconds: number;
  readonly lost: number;
  readonly doubled: number;
  readonly redone: readonly string[];
  readonly stuck: readonly string[];
  readonly faults: readonly string[];
}

/** The table that `npm run soak` ends with, and under it what was found. */
export function describeReport(report: SoakReport): string {
  const { disturbances, redone, stuck, faults, ...sums } = report;
  const shown = {
    ...sums,
    ...disturbances,
    'finished parts done again': redone.length,
    'runs stuck': stuck.length,
    'other faults': faults.length,
  };
  const width = Math.max(...Object.keys(shown).map((name) => name.length));
  const lines = Object.entries(shown).map(([name, count]) => `${name.padEnd(width)}  ${count}`);
  return [...lines, ...redone, ...stuck, ...faults].join('\n');
}
