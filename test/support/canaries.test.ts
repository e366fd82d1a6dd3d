import { expect, it } from 'vitest';
import { CANARIES, canariesIn } from './canaries.js';

it('a canary is found in every spelling, and nothing is found where there is none', () => {
  const text = `some text ${CANARIES.name} and more`;
  const spellings = [
    text,
    text.toUpperCase(),
    Buffer.from(text).toString('hex'),
    ...['', 'x', 'xy'].map((before) => Buffer.from(before + text).toString('base64')),
  ];
  for (const spelling of spellings) expect(canariesIn(spelling)).toContain(CANARIES.name);
  expect(canariesIn(Object.values(CANARIES).join(' '))).toHaveLength(5);
  expect(canariesIn('The file has a header and no customers below it.')).toEqual([]);
});
