import type { DeliveryRow } from '../database/deliveries.js';
import { TikTokError } from '../tiktok/errors.js';

/** TikTok documents no life of an uploaded file; its own errors speak of expiry. Ours are used while this young. */
const YOUNG_MS = 12 * 3_600_000;

/** "File does not exist" and "file has expired", of TikTok's return codes. */
const FILE_GONE = new Set([40905, 40910]);

/** Deliveries that are too old to be published. */
export function agedDeliveries(deliveries: readonly DeliveryRow[], now: Date): DeliveryRow[] {
  return deliveries.filter((delivery) => now.getTime() - delivery.uploaded_at.getTime() > YOUNG_MS);
}

/**
 * The deliveries that TikTok refuses to publish because a file is gone; null for any other error. TikTok need not say
 * which file it is: then all are meant.
 */
export function refusedDeliveries(
  error: unknown,
  deliveries: readonly DeliveryRow[],
): readonly DeliveryRow[] | null {
  if (!(error instanceof TikTokError) || error.details.code === null || !FILE_GONE.has(error.details.code))
    return null;
  const named = deliveries.filter((delivery) => error.message.includes(delivery.file_path));
  return named.length > 0 ? named : deliveries;
}
