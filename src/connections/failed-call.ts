import {
  advertisersOf,
  type ConnectionAttention,
  type ConnectionRow,
  markUnusable,
} from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import type { AccessTarget } from './access-target.js';
import { AdvertiserGoneError } from './advertiser-gone-error.js';
import { advertiserNotGranted, authorizationDead, permissionMissing } from './attention.js';
import { recordFailure } from './connection-marks.js';
import { ConnectionUnusableError } from './connection-unusable-error.js';
import { askWhetherMayWrite } from './write-permission.js';

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
/** The app is refused, whoever has signed in and for whatever advertiser. */
const OF_THE_APP: ReadonlySet<number | null> = new Set([40117, 40118, 40125]);
/** Codes of a dead authorization that can be about the person and one advertiser alone. */
const OF_ONE_ADVERTISER: ReadonlySet<number | null> = new Set([40106, 40114, 40119]);

const OTHERS_WORK = 'Other ad accounts of the connection go on working.';

/**
 * What a failure of TikTok says of the connection. Marks a connection that needs a person and notes its health. Returns
 * what to throw: `ConnectionUnusableError`, `AdvertiserGoneError`, or the error itself when it says nothing of the kind.
 */
export async function judgeFailure(db: Database, error: unknown, call: FailedCall): Promise<unknown> {
  if (!(error instanceof TikTokError)) return error;
  const { connection, target } = call;
  const unusable = async (attention: ConnectionAttention) => {
    await recordFailure(db, connection, error);
    await markUnusable(db, connection.id, connection.version, attention);
    return new ConnectionUnusableError(connection.id, connection.version, attention, { cause: error });
  };
  /** The connection goes on serving its other advertisers, so it is not marked. */
  const unusableHere = async (attention: ConnectionAttention) => {
    await recordFailure(db, connection, error);
    return new ConnectionUnusableError(connection.id, connection.version, attention, { cause: error });
  };
  const judged = async (attention: ConnectionAttention) => {
    switch (await reachOf(db, call)) {
      case 'connection':
        return unusable(attention);
      case 'advertiser':
        return unusableHere({ ...attention, detail: `${attention.detail} ${OTHERS_WORK}` });
      case 'advertiser_lost':
        return unusableHere(advertiserNotGranted(connection, await nameOf(db, target)));
      case 'unknown':
        return unusableHere(attention);
    }
  };
  switch (error.class) {
    case 'reauthorize': {
      const attention = authorizationDead(connection, error);
      return OF_ONE_ADVERTISER.has(error.details.code) ? judged(attention) : unusable(attention);
    }
    case 'permission': {
      const attention = permissionMissing(connection, error);
      return OF_THE_APP.has(error.details.code) ? unusable(attention) : judged(attention);
    }
    case 'invalid': {
      const { code } = error.details;
      const gone =
        ADVERTISER_UNKNOWN.has(code) ||
        (code === NO_PERMISSION && (await reachOf(db, call)) === 'advertiser_lost');
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

/**
 * How far a refusal reaches: the whole connection, or only the advertiser that was asked for, which the authorization
 * names or has lost. A connection that would stop for one advertiser would stop again after each new sign-in, as that
 * brings the right for this one no sooner. While TikTok cannot be asked it is unknown, and the connection goes on: the
 * next refused call asks again.
 */
async function reachOf(
  db: Database,
  call: FailedCall,
): Promise<'connection' | 'advertiser' | 'advertiser_lost' | 'unknown'> {
  const { tiktok, token, target } = call;
  try {
    const ids = (await tiktok.authorizedAdvertisers(token)).map(({ id }) => id);
    const others = ids.filter((id) => id !== target.advertiserId);
    if (others.length === 0) return 'connection';
    if (others.length === ids.length) return 'advertiser_lost';
    const readOnly = await readOnlyOf(db, target.connectionId);
    const other = others.find((id) => !readOnly.has(id));
    return other !== undefined && (await askWhetherMayWrite(tiktok, token, other))
      ? 'advertiser'
      : 'connection';
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    return error.class === 'transient' || error.class === 'rate_limit' ? 'unknown' : 'connection';
  }
}

/** Advertisers that the person who signed in may only look at. */
async function readOnlyOf(db: Database, connectionId: string): Promise<ReadonlySet<string>> {
  const advertisers = await advertisersOf(db, [connectionId]);
  return new Set(advertisers.filter((one) => one.can_write === false).map((one) => one.advertiser_id));
}

async function nameOf(db: Database, { connectionId, advertiserId }: AccessTarget): Promise<string> {
  const known = await advertisersOf(db, [connectionId]);
  const name = known.find((advertiser) => advertiser.advertiser_id === advertiserId)?.name;
  return name === undefined || name === advertiserId ? advertiserId : `“${name}” (${advertiserId})`;
}
