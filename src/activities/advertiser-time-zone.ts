import { advertisersOf } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { LoadedActivation } from './loaded-activation.js';

/** The zone in which TikTok's `get` writes times for the activation's advertiser, as `America/New_York`; null when it is not known. */
export async function advertiserTimeZone(
  db: Database,
  { connectionId, advertiserId }: LoadedActivation,
): Promise<string | null> {
  const advertisers = await advertisersOf(db, [connectionId]);
  return advertisers.find((advertiser) => advertiser.advertiser_id === advertiserId)?.timezone ?? null;
}
