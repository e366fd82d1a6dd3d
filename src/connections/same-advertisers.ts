import { openActivationsOf } from '../database/activations.js';
import { type AdvertiserRow, advertisersOf, type ConnectionRow } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import { authorizedLast } from './attention.js';
import { AuthorizationRefusedError } from './authorization-refused-error.js';

type GrantedAdvertiser = Omit<AdvertiserRow, 'connection_id'>;

/**
 * A new sign-in must cover what the connection is used for: every advertiser of an open run, and at least one of those
 * that it had before, or it is the sign-in of somebody else for something else. A disconnected connection begins anew.
 *
 * Throws `AuthorizationRefusedError`.
 */
export async function requireSameAdvertisers(
  db: Database,
  connection: ConnectionRow,
  granted: readonly GrantedAdvertiser[],
): Promise<void> {
  if (granted.length === 0) {
    throw new AuthorizationRefusedError(
      'no_advertiser',
      'No ad account was chosen',
      'TikTok gave access to no ad account. Sign in with a user who is admin or operator of one, and choose it.',
    );
  }
  const ids = new Set(granted.map((advertiser) => advertiser.advertiser_id));
  const before = await advertisersOf(db, [connection.id]);
  const needed = new Set((await openActivationsOf(db, connection.id)).map((run) => run.advertiser_id));
  const lacking = [...needed].filter((id) => !ids.has(id));
  const named = (wanted: readonly string[]) =>
    wanted.map((id) => nameOf(id, before.find((one) => one.advertiser_id === id)?.name)).join(' and ');

  if (lacking.length > 0) {
    throw otherAdvertiser(
      `Runs that are not finished need the ad account ${named(lacking)}, and this sign-in does not cover it.`,
      connection,
    );
  }
  const known = before.map((advertiser) => advertiser.advertiser_id);
  const connected = connection.status === 'configured' || connection.status === 'needs_reauthorization';
  if (connected && known.length > 0 && !known.some((id) => ids.has(id))) {
    throw otherAdvertiser(
      `The connection is for the ad account ${named(known.slice(0, 3))}, and this sign-in covers none of its ad accounts.`,
      connection,
    );
  }
}

function otherAdvertiser(what: string, connection: ConnectionRow): AuthorizationRefusedError {
  return new AuthorizationRefusedError(
    'other_advertiser',
    'This is the access to other ad accounts',
    `${what} The connection stays as it was.${authorizedLast(connection)} Sign in with a user who can act for it and ` +
      'tick it on TikTok’s page, or add another connection for the other ad accounts.',
  );
}

function nameOf(id: string, name: string | undefined): string {
  return name === undefined || name === id ? id : `“${name}” (${id})`;
}
