import type { Context } from '@temporalio/activity';
import { z } from 'zod';

/**
 * How often an activity has failed, by what for. Attempts cannot tell: one that only waited for TikTok's rate limit has
 * not tried anything. Travels in the details of the last heartbeat, which Temporal hands from attempt to attempt.
 */
export type Tries = Readonly<Record<string, number>>;

const details = z.object({ tries: z.record(z.string(), z.int().min(0)) });

/** What earlier attempts left; nothing is known of an attempt whose worker was killed. */
export function earlierTries(context: Context): Tries {
  const parsed = details.safeParse(context.info.heartbeatDetails);
  return parsed.success ? parsed.data.tries : {};
}

/** Leaves them for the next attempt. To be called immediately before the failure is thrown. */
export function keepTries(context: Context, tries: Tries): void {
  context.heartbeat({ tries });
}
