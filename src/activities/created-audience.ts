import type { AudienceSummary } from '../tiktok/client.js';

/** Names that TikTok uses for one type (its own documentation calls the second an alias of the first). */
const ALIASES: Readonly<Record<string, string>> = { MAID_SHA256: 'FIRST_SHA256', MAID_MD5: 'FIRST_MD5' };

export type FoundAudience =
  | { readonly kind: 'none' }
  /** `extras`: made by a request that was repeated; ours as well, and to be deleted. */
  | { readonly kind: 'ours'; readonly audienceId: string; readonly extras: readonly string[] }
  /** It has the name that only this activation uses, but cannot be what it asked for. */
  | { readonly kind: 'strange'; readonly audienceId: string };

/** What a create request left behind, among all audiences of the advertiser, newest first as TikTok lists them. */
export function findCreated(
  audiences: readonly AudienceSummary[],
  wanted: { readonly oneTimeName: string; readonly calculateType: string },
): FoundAudience {
  const named = audiences.filter(({ name }) => name === wanted.oneTimeName);
  const ours = named.filter((audience) => audience.isCreator && hasType(audience, wanted.calculateType));
  const [kept, ...extras] = ours.map(({ audienceId }) => audienceId);
  if (kept !== undefined) return { kind: 'ours', audienceId: kept, extras };
  const [strange] = named;
  return strange === undefined ? { kind: 'none' } : { kind: 'strange', audienceId: strange.audienceId };
}

/** TikTok may leave the type out. */
function hasType({ calculateType }: AudienceSummary, wanted: string): boolean {
  return calculateType === null || canonical(calculateType) === canonical(wanted);
}

function canonical(type: string): string {
  return ALIASES[type] ?? type;
}
