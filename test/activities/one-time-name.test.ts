import { describe, expect, it } from 'vitest';
import { oneTimeName } from '../../src/activities/one-time-name.js';

const ID = 'act_0123456789abcdefghjk';

describe('the name under which an audience is created', () => {
  it('holds the id of the activation, so that nobody else has it', () => {
    expect(oneTimeName('Spring buyers', ID)).toBe(`Spring buyers · ${ID}`);
  });

  it('stays within the 128 characters that TikTok takes, and keeps the id', () => {
    const name = oneTimeName('ü'.repeat(128), ID);
    expect(Array.from(name)).toHaveLength(128);
    expect(name.endsWith(ID)).toBe(true);
  });
});
