import type { AuthorizationRequest } from '../database/authorization-requests.js';
import { type ConnectionRow, findConnection, storeAuthorization } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { GrantedAuthorization, TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import { authorizationUrl } from '../tiktok/oauth.js';
import { environmentMissing, scopesMissing, writeForbidden } from './attention.js';
import { AuthorizationRefusedError } from './authorization-refused-error.js';
import {
  findInvitation,
  type Invitation,
  issueTicket,
  useInvitation,
  useState,
} from './authorization-state.js';
import { readAuthorizedAdvertisers } from './authorized-advertisers.js';
import { recordInsufficientSignIn } from './connection-marks.js';
import { ConnectionUnusableError } from './connection-unusable-error.js';
import { disconnect } from './disconnect.js';
import type { Environment, Environments } from './environments.js';
import { missingScopes } from './required-scopes.js';
import { requireSameAdvertisers } from './same-advertisers.js';
import { accessDenied, askTikTok } from './sign-in-refusals.js';
import type { TicketSigner } from './signed-ticket.js';
import { encryptTokens } from './stored-tokens.js';
import type { TokenCipher } from './token-cipher.js';

export interface SignIn {
  /** TikTok's consent page for one sign-in. */
  readonly authorizationUrl: string;
  readonly expiresAt: Date;
}

/** How people give, renew and take back the right to act for their advertisers. */
export interface Authorizations {
  /** A link for signing in at TikTok: for the first time or again. Works once. */
  begin(connectionId: string): Promise<SignIn>;

  /** The token of an invitation for somebody else, who has the rights at TikTok. It is used up by a sign-in that succeeds. */
  invite(connectionId: string, invitation: Invitation): Promise<{ token: string; expiresAt: Date }>;

  /** What an invitation says, which is not used up by looking at it. Throws `AuthorizationRefusedError`. */
  invitation(token: string | null): Promise<AuthorizationRequest>;

  /** The sign-in of an invited person. Throws `AuthorizationRefusedError`. */
  beginInvited(token: string | null): Promise<SignIn>;

  /**
   * What TikTok sent a person back with. Returns the id of the connection, which is configured now and one version
   * higher. Throws `AuthorizationRefusedError`; a connection that worked before goes on working then.
   */
  complete(answer: { state: string | null; authCode: string | null }): Promise<string>;

  /**
   * Gives the authorization back at TikTok and forgets it. Returns false when somebody has signed in meanwhile: that
   * authorization stays. Throws `TikTokError` when TikTok could not be asked.
   */
  disconnect(connectionId: string): Promise<boolean>;
}

export function createAuthorizations(deps: {
  readonly db: Database;
  readonly environments: Environments;
  readonly cipher: TokenCipher;
  readonly signer: TicketSigner;
  /** Where TikTok sends people back to; must be registered with the app. */
  readonly redirectUri: string;
}): Authorizations {
  const { db, cipher, redirectUri } = deps;

  async function signIn(connectionId: string, throughInvitation: string | null): Promise<SignIn> {
    const { portalUrl, appId } = environmentOf(await requireConnection(db, connectionId), deps.environments);
    const ticket = { purpose: 'sign_in', connectionId, throughInvitation } as const;
    const { text: state, expiresAt } = await issueTicket(deps, ticket);
    return { authorizationUrl: authorizationUrl({ portalUrl, appId, redirectUri, state }), expiresAt };
  }

  async function finish(request: AuthorizationRequest, authCode: string | null): Promise<void> {
    const { connectionId, invitationDigest } = request;
    if (authCode === null || authCode === '') throw accessDenied();
    const connection = await requireConnection(db, connectionId);
    const { client: tiktok } = environmentOf(connection, deps.environments);
    const grant = await askTikTok(() => tiktok.exchangeAuthCode(authCode));
    await refuseMissingScopes(db, connectionId, grant);
    const advertisers = await askTikTok(() => readAuthorizedAdvertisers(tiktok, grant.accessToken));
    await requireSameAdvertisers(db, connection, advertisers);
    const authorizedBy = await nameOfUser(tiktok, grant.accessToken);
    const readOnly = advertisers.filter((advertiser) => advertiser.can_write === false);
    const authorization = {
      ...encryptTokens(cipher, connectionId, grant.accessToken, grant.refresh),
      scopes: grant.scopes,
      authorizedBy,
      advertisers,
      attention:
        readOnly.length === 0
          ? null
          : writeForbidden(
              { authorizedBy },
              readOnly.map(({ name }) => name),
            ),
    };
    // Together: an invitation is used up by the sign-in that is stored.
    await db.transaction().execute(async (tx) => {
      if (invitationDigest !== null) await useInvitation(tx, invitationDigest);
      await storeAuthorization(tx, connectionId, authorization);
    });
  }

  return {
    begin: (connectionId) => signIn(connectionId, null),

    async invite(connectionId, invitation) {
      environmentOf(await requireConnection(db, connectionId), deps.environments);
      const { text, expiresAt } = await issueTicket(deps, {
        purpose: 'invitation',
        connectionId,
        invitation,
      });
      return { token: text, expiresAt };
    },

    invitation: (token) => findInvitation(deps, token),

    async beginInvited(token) {
      const { connectionId, digest } = await findInvitation(deps, token);
      return signIn(connectionId, digest);
    },

    async complete({ state, authCode }) {
      const request = await useState(deps, state);
      try {
        await finish(request, authCode);
      } catch (error) {
        const ours = error instanceof AuthorizationRefusedError && request.invitationDigest === null;
        if (ours) error.connectionId = request.connectionId;
        throw error;
      }
      return request.connectionId;
    },

    async disconnect(connectionId) {
      const connection = await findConnection(db, connectionId);
      return connection === undefined || disconnect(deps, connection);
    },
  };
}

async function requireConnection(db: Database, id: string): Promise<ConnectionRow> {
  const connection = await findConnection(db, id);
  if (connection === undefined) throw new Error(`There is no connection ${id}`);
  return connection;
}

function environmentOf(connection: ConnectionRow, environments: Environments): Environment {
  const environment = environments[connection.environment];
  if (environment !== null) return environment;
  const attention = environmentMissing(connection.environment);
  throw new ConnectionUnusableError(connection.id, connection.version, attention);
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

async function nameOfUser(tiktok: TikTokClient, token: string): Promise<string | null> {
  try {
    const user = await tiktok.authorizingUser(token);
    return user.displayName ?? user.id;
  } catch (error) {
    if (error instanceof TikTokError) return null;
    throw error;
  }
}
