import { describe, expect, it } from 'vitest';
import { soak } from '../soak/soak.js';

/** One that draws every kind of disturbance within the short form. */
const EVERY_KIND = 38;
const KINDS = ['clock', 'cut', 'fault', 'freeze', 'kill', 'restart', 'revoke', 'silence'];

const seed = Number(process.env['SOAK_SEED'] ?? EVERY_KIND);
const kills = Number(process.env['SOAK_KILLS'] ?? 25);
const isLong = process.env['SOAK_KILLS'] !== undefined;

describe('activations while processes are killed and frozen, lines cut and TikTok disturbed', () => {
  it(`loses and doubles nothing in ${kills} kills (seed ${seed})`, async () => {
    const startedAt = performance.now();
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(7);
    const report = await soak({
      kills,
      seed,
      say: (line) => (isLong ? process.stdout.write(`${seconds()}  ${line}\n`) : undefined),
    });
    expect(report).toMatchObject({ lost: 0, doubled: 0, redone: [], stuck: [], faults: [] });
    expect(report.audiences).toBeGreaterThan(0);
    if (!isLong) expect(Object.keys(report.disturbances)).toEqual(expect.arrayContaining(KINDS));
  }, 7_200_000);
});
