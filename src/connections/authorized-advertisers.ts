import type { AdvertiserRow } from '../database/connections.js';
import type { AdvertiserInfo, TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import { mayWrite } from './write-permission.js';

/** Agencies have thousands of advertisers, and somebody waits for this in a browser. */
const MOST_COUNTED = 50;
/** Each is a further call, and a person waits for the page. */
const MOST_CHECKED = 10;
const CALLS_AT_ONCE = 4;

/**
 * The advertisers that a token may act for. Time zones, numbers of audiences and the right to write are extras: where
 * TikTok does not tell them they are null. Throws `TikTokError` when the list itself cannot be had.
 */
export async function readAuthorizedAdvertisers(
  tiktok: TikTokClient,
  token: string,
): Promise<Omit<AdvertiserRow, 'connection_id'>[]> {
  const advertisers = await tiktok.authorizedAdvertisers(token);
  const ids = advertisers.map(({ id }) => id);
  const infos = ids.length === 0 ? [] : await orElse([], () => tiktok.advertiserInfo(token, ids));
  const infoOf = new Map<string, AdvertiserInfo>(infos.map((info) => [info.id, info]));
  const audiences = await forEach(ids.slice(0, MOST_COUNTED), (id) =>
    orElse(null, async () => (await tiktok.listAudiences(token, id, 1)).total),
  );
  const writable = await forEach(ids.slice(0, MOST_CHECKED), (id) => mayWrite(tiktok, token, id));
  return advertisers.map(({ id, name }) => ({
    advertiser_id: id,
    name,
    timezone: infoOf.get(id)?.timezone ?? null,
    audiences_used: audiences.get(id) ?? null,
    can_write: writable.get(id) ?? null,
  }));
}

async function forEach<T>(ids: readonly string[], ask: (id: string) => Promise<T>): Promise<Map<string, T>> {
  const answers = new Map<string, T>();
  for (let from = 0; from < ids.length; from += CALLS_AT_ONCE) {
    const batch = ids.slice(from, from + CALLS_AT_ONCE);
    await Promise.all(
      batch.map(async (id) => {
        answers.set(id, await ask(id));
      }),
    );
  }
  return answers;
}

async function orElse<T>(fallback: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof TikTokError) return fallback;
    throw error;
  }
}
