import { describe, expect, it } from 'vitest';
import { Chance, chanceOf } from './chance.js';
import { checkFile } from './check-file.js';
import { randomUpload } from './random-upload.js';

/** Of the cases that `npm run fuzz` makes. */
const SEED = 20_260_301;
const CASES = 150;

describe('random and damaged files', () => {
  it('are prepared alike by every way through the engine, or refused with a sentence', async () => {
    const results: string[] = [];
    const findings: string[] = [];
    for (let number = 0; number < CASES; number++) {
      const chance = chanceOf(SEED, number);
      const upload = randomUpload(chance);
      try {
        results.push((await checkFile(new Chance(chance.below(2 ** 32)), upload)).result);
      } catch (error) {
        findings.push(`case ${number}: ${error instanceof Error ? error.message : 'no error'}`);
      }
    }
    expect(findings).toEqual([]);
    // Cases that are all refused at the door would prove nothing.
    expect(results.filter((result) => result === 'prepared').length).toBeGreaterThan(CASES / 3);
    expect(new Set(results).size).toBeGreaterThan(5);
  });
});
