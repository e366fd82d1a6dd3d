import { advertisersOf, type ConnectionRow, markUnusable } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import type { AccessTarget } from './access-target.js';
import { AdvertiserGoneError } from './advertiser-gone-error.js';
import { advertiserNotGranted, authorizationDead, permissionMissing } from './attention.js';
import { recordFailure } from './connection-marks.js';
import { ConnectionUnusableError } from './connection-unusable-error.js';

/** A call that failed, and what it was made with. */
export interface FailedCall {
  readonly connection: ConnectionRow;
  readonly target: AccessTarget;
  readonly tiktok: TikTokClient;
  readonly token: string;
}

/** "The advertiser does not exist", "customer advertiser does not exist". */
const ADVERTISER_UNKNOWN: ReadonlySet<number | null> = new Set([40300, 40302]);
/** Stands for a missing permission, and for an advertiser or an audience that was deleted. */
const NO_PERMISSION = 40001;

/**
 * What a failure of TikTok says of the connection. Marks a connection that needs a person and notes its health. Returns
 * what to throw: `ConnectionUnusableError`, `AdvertiserGoneError`, or the error itself when it says nothing of the kind.
 */
export async function judgeFailure(db: Database, error: unknown, call: FailedCall): Promise<unknown> {
  if (!(error instanceof TikTokError)) return error;
  const { connection, target } = call;
  const unusable = async (attention: ReturnType<typeof authorizationDead>) => {
    await recordFailure(db, connection, error);
    await markUnusable(db, connection.id, connection.version, attention);
    return new ConnectionUnusableError(connection.id, connection.version, attention, { cause: error });
  };
  switch (error.class) {
    case 'reauthorize':
      return unusable(authorizationDead(connection, error));
    case 'permission': {
      if ((await standingOf(call)) !== 'lost') return unusable(permissionMissing(connection, error));
      await recordFailure(db, connection, error);
      // The connection still serves its other advertisers, so it is not marked.
      const attention = advertiserNotGranted(connection, await nameOf(db, target));
      return new ConnectionUnusableError(connection.id, connection.version, attention, { cause: error });
    }
    case 'invalid': {
      const { code } = error.details;
      const gone =
        ADVERTISER_UNKNOWN.has(code) || (code === NO_PERMISSION && (await standingOf(call)) === 'lost');
      return gone ? new AdvertiserGoneError(target.advertiserId, { cause: error }) : error;
    }
    case 'rate_limit':
      // A call that the own limiter held back says nothing of the connection.
      if (error.details.code !== null || error.details.httpStatus !== null)
        await recordFailure(db, connection, error);
      return error;
    case 'transient':
      await recordFailure(db, connection, error);
      return error;
    case 'not_editable':
    case 'file':
      return error;
  }
}

/** Whether the authorization still names the advertiser while it names others. */
async function standingOf({ tiktok, token, target }: FailedCall): Promise<'granted' | 'lost' | 'unknown'> {
  try {
    const advertisers = await tiktok.authorizedAdvertisers(token);
    if (advertisers.some(({ id }) => id === target.advertiserId)) return 'granted';
    return advertisers.length === 0 ? 'unknown' : 'lost';
  } catch (error) {
    if (error instanceof TikTokError) return 'unknown';
    throw error;
  }
}

async function nameOf(db: Database, { connectionId, advertiserId }: AccessTarget): Promise<string> {
  const known = await advertisersOf(db, [connectionId]);
  const name = known.find((advertiser) => advertiser.advertiser_id === advertiserId)?.name;
  return name === undefined || name === advertiserId ? advertiserId : `“${name}” (${advertiserId})`;
}
