import { audienceState, tiktokWords } from '../../activation/audience-state.js';
import { endAttention } from '../../activation/end-attention.js';
import { storedRequest } from '../../activation/stored-request.js';
import type { ConnectionAccess } from '../../connections/access.js';
import { AdvertiserGoneError } from '../../connections/advertiser-gone-error.js';
import { ConnectionUnusableError } from '../../connections/connection-unusable-error.js';
import { findActivation, recordSecondLook } from '../../database/activations.js';
import { advertiserTimeZone } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { type DueLook, dueSecondLooks, recordLookedAgain } from '../../database/publications.js';
import { receivedByTikTok } from '../../database/received-by-tiktok.js';
import type { Logger } from '../../logger.js';
import type { AudienceDetails } from '../../tiktok/client.js';
import { TikTokError } from '../../tiktok/errors.js';

const HOUR_MS = 3_600_000;

/** "Matching takes up to 48 hours": an audience that was ready after one has its final size only then. */
const MATCHED_WITHIN_MS = 48 * HOUR_MS;
/** Who cannot be asked for a week is not asked any more. */
const LATEST_MS = MATCHED_WITHIN_MS + 7 * 24 * HOUR_MS;

interface Deps {
  readonly db: Database;
  readonly access: ConnectionAccess;
  readonly logger: Logger;
}

/**
 * Looks once more at the audiences of runs that are over, when the time is over that TikTok may take for matching: their
 * size may have grown, one that was too small may have become usable, and one whose run was cut off was never looked at.
 * What TikTok does not let be read now is left to the next time. Safe to repeat.
 */
export async function lookAgain(deps: Deps, now: Date): Promise<void> {
  const due = await dueSecondLooks(deps.db, {
    publishedBefore: new Date(now.getTime() - MATCHED_WITHIN_MS),
    publishedAfter: new Date(now.getTime() - LATEST_MS),
  });
  const byAdvertiser = new Map<string, DueLook[]>();
  for (const look of due) {
    const advertiser = `${look.connectionId} ${look.advertiserId}`;
    byAdvertiser.set(advertiser, [...(byAdvertiser.get(advertiser) ?? []), look]);
  }
  for (const looks of byAdvertiser.values()) {
    try {
      await lookAt(deps, looks, now);
    } catch (error) {
      if (!isForLater(error)) throw error;
      deps.logger.info({ err: error }, 'audiences could not be looked at again; the next time may go better');
    }
  }
}

function isForLater(error: unknown): boolean {
  return (
    error instanceof TikTokError ||
    error instanceof ConnectionUnusableError ||
    error instanceof AdvertiserGoneError
  );
}

/** All of one advertiser, with one call for up to a hundred. */
async function lookAt({ db, access }: Deps, looks: readonly DueLook[], now: Date): Promise<void> {
  const [target] = looks;
  if (target === undefined) return;
  const ids = [...new Set(looks.map(({ audienceId }) => audienceId))];
  const audiences = await access.withAccess(target, ({ tiktok, token }) =>
    tiktok.getAudiences(token, target.advertiserId, ids),
  );
  const timeZone = await advertiserTimeZone(db, target);
  for (const look of looks) {
    const audience = audiences.find(({ audienceId }) => audienceId === look.audienceId);
    await record(db, look, audience, { timeZone, now });
  }
}

async function record(
  db: Database,
  look: DueLook,
  audience: AudienceDetails | undefined,
  { timeZone, now }: { timeZone: string | null; now: Date },
): Promise<void> {
  const row = await findActivation(db, look.activationId);
  if (row === undefined) throw new Error(`there is no activation ${look.activationId} in the database`);
  const { audience: wanted } = storedRequest.parse(row.request);
  const { state, matched } = audienceState(
    audience,
    {
      action: wanted.action,
      elapsedMs: now.getTime() - look.publishedAt.getTime(),
      historyBefore: look.historyBefore,
    },
    timeZone,
    now,
  );
  // Somebody is changing it at this moment.
  if (state === 'processing') return;
  const words = tiktokWords(audience, look.warning);
  // How a failed or cancelled run ended stays as it was told.
  const attention =
    row.phase === 'completed'
      ? endAttention({
          outcome: 'completed',
          cutOff: false,
          action: wanted.action,
          name: wanted.name ?? null,
          audienceState: state,
          words,
          received: await receivedByTikTok(db, row.id),
        })
      : row.attention;
  await recordSecondLook(db, row.id, { state, matched, words, attention });
  await recordLookedAgain(db, row.id);
}
