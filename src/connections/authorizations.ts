import { openActivationsOf } from '../database/activations.js';
import { findConnection, markDisconnected, storeAuthorization } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { GrantedAuthorization, TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import { authorizationUrl } from '../tiktok/oauth.js';
import { environmentMissing, scopesMissing } from './attention.js';
import { AuthorizationRefusedError } from './authorization-refused-error.js';
import { issueState, useState } from './authorization-state.js';
import { readAuthorizedAdvertisers } from './authorized-advertisers.js';
import { recordInsufficientSignIn } from './connection-marks.js';
import { ConnectionUnusableError } from './connection-unusable-error.js';
import type { Environment, Environments } from './environments.js';
import { missingScopes } from './required-scopes.js';
import { type TokenCipher, TokenUnreadableError } from './token-cipher.js';

export interface SignIn {
  /** TikTok's consent page for one sign-in. */
  readonly authorizationUrl: string;
  readonly expiresAt: Date;
}

/** How people give, renew and take back the right to act for their advertisers. */
export interface Authorizations {
  /** A link for signing in at TikTok: for the first time, again, or by somebody else. Works once. */
  begin(connectionId: string): Promise<SignIn>;

  /**
   * What TikTok sent a person back with. Returns the id of the connection, which is configured now and one version
   * higher. Throws `AuthorizationRefusedError`; a connection that worked before goes on working then.
   */
  complete(answer: { state: string | null; authCode: string | null }): Promise<string>;

  /** Gives the authorization back at TikTok and forgets it. Throws `TikTokError` when TikTok could not be asked. */
  disconnect(connectionId: string): Promise<void>;
}

export function createAuthorizations(deps: {
  readonly db: Database;
  readonly environments: Environments;
  readonly cipher: TokenCipher;
  /** Where TikTok sends people back to; must be registered with the app. */
  readonly redirectUri: string;
}): Authorizations {
  const { db, environments, cipher } = deps;

  async function environmentOf(connectionId: string): Promise<Environment> {
    const connection = await findConnection(db, connectionId);
    if (connection === undefined) throw new Error(`There is no connection ${connectionId}`);
    const environment = environments[connection.environment];
    if (environment !== null) return environment;
    const attention = environmentMissing(connection.environment);
    throw new ConnectionUnusableError(connectionId, connection.version, attention);
  }

  return {
    async begin(connectionId) {
      const { portalUrl, appId } = await environmentOf(connectionId);
      const { state, expiresAt } = await issueState(db, connectionId);
      const { redirectUri } = deps;
      return { authorizationUrl: authorizationUrl({ portalUrl, appId, redirectUri, state }), expiresAt };
    },

    async complete({ state, authCode }) {
      const connectionId = await useState(db, state);
      const { client: tiktok } = await environmentOf(connectionId);
      const grant = await exchange(tiktok, authCode);
      await refuseMissingScopes(db, connectionId, grant);
      const advertisers = await askTikTok(() => readAuthorizedAdvertisers(tiktok, grant.accessToken));
      await refuseOtherAdvertisers(
        db,
        connectionId,
        advertisers.map((advertiser) => advertiser.advertiser_id),
      );
      await storeAuthorization(db, connectionId, {
        accessToken: cipher.encrypt(connectionId, grant.accessToken),
        scopes: grant.scopes,
        authorizedBy: await nameOfUser(tiktok, grant.accessToken),
        advertisers,
      });
      return connectionId;
    },

    async disconnect(connectionId) {
      const connection = await findConnection(db, connectionId);
      if (connection === undefined) return;
      const stored = connection.access_token;
      const environment = environments[connection.environment];
      if (stored !== null && environment !== null) {
        await revoke(environment.client, () => cipher.decrypt(connectionId, stored));
      }
      await markDisconnected(db, connectionId);
    },
  };
}

async function exchange(tiktok: TikTokClient, authCode: string | null): Promise<GrantedAuthorization> {
  if (authCode === null || authCode === '') {
    throw new AuthorizationRefusedError(
      'not_allowed',
      'The access was not allowed',
      'TikTok sent you back without an authorization, because the access was not allowed or the page was left. ' +
        'Nothing was connected. Begin the sign-in again to allow it.',
    );
  }
  return askTikTok(() => tiktok.exchangeAuthCode(authCode));
}

async function askTikTok<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    if (error.class === 'transient' || error.class === 'rate_limit') {
      throw new AuthorizationRefusedError(
        'tiktok_unavailable',
        'TikTok does not answer',
        'Nothing was connected, since TikTok could not be asked just now. Begin the sign-in again in some minutes.',
        { cause: error },
      );
    }
    throw new AuthorizationRefusedError(
      'code_refused',
      'TikTok did not accept the sign-in',
      'Nothing was connected. The code that TikTok gave for this sign-in was used, has expired or belongs to another ' +
        'app. Begin the sign-in again; if it fails once more, compare TIKTOK_APP_ID and TIKTOK_APP_SECRET with the app.',
      { cause: error },
    );
  }
}

async function refuseMissingScopes(
  db: Database,
  connectionId: string,
  grant: GrantedAuthorization,
): Promise<void> {
  const missing = missingScopes(grant.scopes);
  if (missing.length === 0) return;
  const attention = scopesMissing(missing);
  await recordInsufficientSignIn(db, connectionId, attention);
  throw new AuthorizationRefusedError('missing_permission', attention.title, attention.detail);
}

/** A run goes on after a reconnection only if somebody can act for its advertiser: a stranger's sign-in is a mistake. */
async function refuseOtherAdvertisers(
  db: Database,
  connectionId: string,
  granted: readonly string[],
): Promise<void> {
  if (granted.length === 0) {
    throw new AuthorizationRefusedError(
      'no_advertiser',
      'No ad account was chosen',
      'TikTok gave access to no ad account. Sign in with a user who is admin or operator of one, and choose it.',
    );
  }
  const needed = new Set((await openActivationsOf(db, connectionId)).map((run) => run.advertiser_id));
  if (needed.size === 0 || granted.some((id) => needed.has(id))) return;
  throw new AuthorizationRefusedError(
    'other_advertiser',
    'This is the access to other ad accounts',
    `Activations that are not finished need the ad account ${[...needed].join(' or ')}, and this sign-in does not ` +
      'cover it. Sign in with a user who can act for it, or add another connection for the other ad accounts.',
  );
}

async function nameOfUser(tiktok: TikTokClient, token: string): Promise<string | null> {
  try {
    const user = await tiktok.authorizingUser(token);
    return user.displayName ?? user.id;
  } catch (error) {
    if (error instanceof TikTokError) return null;
    throw error;
  }
}

/** A token that is dead already, or that cannot be read any more, needs no revoking. */
async function revoke(tiktok: TikTokClient, readToken: () => string): Promise<void> {
  try {
    await tiktok.revokeToken(readToken());
  } catch (error) {
    if (error instanceof TokenUnreadableError) return;
    const lasting =
      error instanceof TikTokError && error.class !== 'transient' && error.class !== 'rate_limit';
    if (!lasting) throw error;
  }
}
