import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addedEntries, historyMarks, operationInHistory } from '../../src/activation/audience-history.js';
import type { HistoryEntry } from '../../src/tiktok/client.js';

const entry = (action: string | null, time = '2026-06-01 10:00:00'): HistoryEntry => ({
  action,
  detail: '',
  editor: 'open_api',
  message: null,
  time,
});

/** Few different ones, so that equal entries are common. */
const entries = fc.array(
  fc.record({
    action: fc.constantFrom('create', 'append', 'remove', 'rename', null),
    detail: fc.constantFrom('', '12', null),
    editor: fc.constantFrom('open_api', 'somebody'),
    message: fc.constant(null),
    time: fc.constantFrom('2026-06-01 10:00:00', '2026-06-01 10:00:01'),
  }),
  { maxLength: 8 },
);

describe('what was added to a history', () => {
  it('is exactly what stands before the old entries, also among equal ones and when TikTok completes details', () => {
    fc.assert(
      fc.property(entries, entries, (added, old) => {
        const completed = old.map((one) => ({ ...one, detail: 'completed' }));
        const found = addedEntries(historyMarks(old), [...added, ...completed]);
        expect(historyMarks(found).sort()).toEqual(historyMarks(added).sort());
      }),
    );
  });
});

describe('an operation whose answer was lost', () => {
  const before = [entry('append', '2026-06-01 09:00:00'), entry('create', '2026-06-01 08:00:00')];

  it.each([
    ['was not done when nothing was added', [], 'not_done'],
    ['was done when it was added', [entry('append')], 'done'],
    ['was done in the second of the last one', [entry('append', '2026-06-01 09:00:00')], 'done'],
    ['was done when others were added too', [entry('rename'), entry('Append users')], 'done'],
    ['was not done by a renaming', [entry('rename')], 'not_done'],
    ['is unclear when something else was added', [entry('remove')], 'unclear'],
    ['is unclear when TikTok uses a word that nobody knows', [entry('update')], 'unclear'],
    ['is unclear when TikTok uses no word', [entry(null)], 'unclear'],
  ] as const)('%s', (_, added, expected) => {
    const after = [...added, ...before];
    expect(operationInHistory('APPEND', historyMarks(before), after)).toBe(expected);
  });
});
