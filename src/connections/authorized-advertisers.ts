import type { AdvertiserRow } from '../database/connections.js';
import type { AdvertiserInfo, TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';

/** Agencies have thousands of advertisers, and somebody waits for this in a browser. */
const MOST_COUNTED = 50;
const CALLS_AT_ONCE = 4;

/**
 * The advertisers that a token may act for. Time zones and numbers of audiences are extras: where TikTok refuses them
 * they are null. Throws `TikTokError` when the list itself cannot be had.
 */
export async function readAuthorizedAdvertisers(
  tiktok: TikTokClient,
  token: string,
): Promise<Omit<AdvertiserRow, 'connection_id'>[]> {
  const advertisers = await tiktok.authorizedAdvertisers(token);
  const ids = advertisers.map(({ id }) => id);
  const infos = ids.length === 0 ? [] : await orElse([], () => tiktok.advertiserInfo(token, ids));
  const infoOf = new Map<string, AdvertiserInfo>(infos.map((info) => [info.id, info]));
  const audiences = await countAudiences(tiktok, token, ids.slice(0, MOST_COUNTED));
  return advertisers.map(({ id, name }) => ({
    advertiser_id: id,
    name,
    timezone: infoOf.get(id)?.timezone ?? null,
    audiences_used: audiences.get(id) ?? null,
  }));
}

async function countAudiences(
  tiktok: TikTokClient,
  token: string,
  ids: readonly string[],
): Promise<Map<string, number | null>> {
  const counts = new Map<string, number | null>();
  for (let from = 0; from < ids.length; from += CALLS_AT_ONCE) {
    const batch = ids.slice(from, from + CALLS_AT_ONCE);
    await Promise.all(
      batch.map(async (id) => {
        counts.set(id, await orElse(null, async () => (await tiktok.listAudiences(token, id, 1)).total));
      }),
    );
  }
  return counts;
}

async function orElse<T>(fallback: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof TikTokError) return fallback;
    throw error;
  }
}
