import type { SoakReport } from './soak.js';

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
