import type { HistoryEntry, UpdateAction } from '../tiktok/client.js';

/** The words by which TikTok's history may call an operation: only `create` is documented. */
const WORDS: Readonly<Record<UpdateAction, RegExp>> = {
  APPEND: /append|add/i,
  REMOVE: /remove|delete/i,
  REPLACE: /replace|cover|overwrite/i,
};

/** The entries as they are stored before an operation. TikTok completes an entry's detail later, so it is left out. */
export function historyMarks(history: readonly HistoryEntry[]): string[] {
  return history.map(markOf);
}

/** Entries of `after` that were not there before. Equal ones are counted, as two can be of the same second. */
export function addedEntries(before: readonly string[], after: readonly HistoryEntry[]): HistoryEntry[] {
  const left = new Map<string, number>();
  for (const mark of before) left.set(mark, (left.get(mark) ?? 0) + 1);
  // From the oldest on: of equal entries the newest is the added one.
  return after
    .toReversed()
    .filter((entry) => {
      const mark = markOf(entry);
      const count = left.get(mark) ?? 0;
      left.set(mark, count - 1);
      return count <= 0;
    })
    .toReversed();
}

/**
 * Whether an operation stands in the history by now.
 *
 * - `done`: an entry was added that is this operation
 * - `not_done`: nothing was added
 * - `unclear`: something was added that may be it, or somebody else's
 */
export function operationInHistory(
  action: UpdateAction,
  before: readonly string[],
  after: readonly HistoryEntry[],
): 'done' | 'not_done' | 'unclear' {
  const added = addedEntries(before, after);
  if (added.some((entry) => entry.action !== null && WORDS[action].test(entry.action))) return 'done';
  return added.some((entry) => !isRename(entry)) ? 'unclear' : 'not_done';
}

function isRename({ action }: HistoryEntry): boolean {
  return action !== null && /rename|name/i.test(action);
}

function markOf({ action, editor, time }: HistoryEntry): string {
  return [time, action, editor].map((field) => field ?? '').join(' ');
}
