/** TikTok takes at most this many ids in one call of `get`, `delete` and `advertiser/info`. */
const IDS_PER_CALL = 100;

/** The ids in groups that one call takes. */
export function* batchesOf(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) yield ids.slice(start, start + IDS_PER_CALL);
}
