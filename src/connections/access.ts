import {
  type ConnectionAttention,
  type ConnectionRow,
  findConnection,
  markVerified,
} from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import type { AccessTarget } from './access-target.js';
import {
  authorizationDead,
  DISCONNECTED,
  environmentMissing,
  KEY_MISSING,
  NOT_CONNECTED,
} from './attention.js';
import { markUsableAgain } from './connection-marks.js';
import { ConnectionUnusableError } from './connection-unusable-error.js';
import type { Environments } from './environments.js';
import { judgeFailure } from './failed-call.js';
import { storedAttention } from './stored-attention.js';
import { type TokenCipher, TokenUnreadableError } from './token-cipher.js';
import { createTokenRefresh } from './token-refresh.js';
import { mayWrite } from './write-permission.js';

/** A note of every successful call would be a write per call. */
const VERIFICATION_INTERVAL_MS = 60_000;

/** The right to act for a connection, for the length of one call of `use`. Keep neither longer than that. */
export interface Access {
  /** Of the connection's environment: TikTok itself, or the sandbox. */
  readonly tiktok: TikTokClient;
  readonly token: string;
  /** Of the authorization that the token comes from. */
  readonly version: number;
}

/** Lends out the tokens of connections. The only way to one. */
export interface ConnectionAccess {
  /**
   * Runs `use` with the connection's token. A token that dies by itself is refreshed before, and once more when TikTok
   * refuses it; then `use` runs a second time. When TikTok refuses the token for good or misses a permission, the
   * connection is marked as needing a person.
   *
   * Throws `ConnectionUnusableError` then, and when the connection cannot be used to begin with; `AdvertiserGoneError`
   * when TikTok no longer knows the advertiser; every other error of `use` passes through.
   */
  withAccess<T>(target: AccessTarget, use: (access: Access) => Promise<T>): Promise<T>;

  /** The version of a connection that can be used as far as is known; null for one that needs a person. */
  usableVersion(connectionId: string): Promise<number | null>;

  /** Whether this process has what a connection needs beside its authorization: the key, and the environment. */
  canBeOpened(connectionId: string): Promise<boolean>;

  /**
   * Asks TikTok whether the stored authorization works for an advertiser, also when it was given up: a role or a
   * permission may have been mended without a new sign-in. When it works the connection is usable again.
   *
   * Throws `TikTokError` when TikTok could not be asked.
   *
   * @param doubt what counts where TikTok does not tell whether audiences may be changed
   */
  recheck(target: AccessTarget, doubt: 'works' | 'refused'): Promise<boolean>;
}

export function createConnectionAccess(deps: {
  readonly db: Database;
  readonly environments: Environments;
  readonly cipher: TokenCipher;
}): ConnectionAccess {
  const { db, environments, cipher } = deps;
  const refresh = createTokenRefresh(deps);

  /** Lends the token once; a failure is judged unless `again` can do something about it. */
  async function lend<T>(
    connection: ConnectionRow,
    target: AccessTarget,
    use: (access: Access) => Promise<T>,
    again: (() => Promise<T>) | null,
  ): Promise<T> {
    const access = openAccess(connection, environments, cipher);
    try {
      const result = await use(access);
      // What TikTok has done must not be done again because a note of it failed.
      await markVerified(db, connection.id, connection.version, VERIFICATION_INTERVAL_MS).catch(
        () => undefined,
      );
      return result;
    } catch (error) {
      const refused = error instanceof TikTokError && error.class === 'reauthorize';
      if (refused && again !== null && connection.refresh_token !== null) return again();
      throw await judgeFailure(db, error, { connection, target, ...access });
    }
  }

  return {
    async withAccess(target, use) {
      const stored = await findConnection(db, target.connectionId);
      if (stored === undefined) throw new Error(`There is no connection ${target.connectionId}`);
      const { tiktok, token } = openAccess(stored, environments, cipher);
      const judged = async (error: unknown, connection: ConnectionRow) => {
        throw await judgeFailure(db, error, { connection, target, tiktok, token });
      };
      const connection = await refresh
        .beforeExpiry(stored, tiktok)
        .catch((error: unknown) => judged(error, stored));
      return lend(connection, target, use, async () => {
        const renewed = await refresh
          .renew(connection, tiktok)
          .catch((error: unknown) => judged(error, connection));
        return lend(renewed, target, use, null);
      });
    },

    async usableVersion(connectionId) {
      const connection = await findConnection(db, connectionId);
      return connection?.status === 'configured' ? connection.version : null;
    },

    async canBeOpened(connectionId) {
      const connection = await findConnection(db, connectionId);
      if (connection === undefined) return false;
      try {
        openAccess(connection, environments, cipher);
        return true;
      } catch (error) {
        if (error instanceof ConnectionUnusableError) return false;
        throw error;
      }
    },

    async recheck({ connectionId, advertiserId }, doubt) {
      const connection = await findConnection(db, connectionId);
      if (connection === undefined || connection.access_token === null) return false;
      const tiktok = environments[connection.environment]?.client;
      if (tiktok === undefined) return false;
      try {
        const token = cipher.decrypt(connectionId, connection.access_token);
        await tiktok.listAudiences(token, advertiserId, 1);
        if (!((await mayWrite(tiktok, token, advertiserId)) ?? doubt === 'works')) return false;
      } catch (error) {
        const refused =
          error instanceof TikTokError && (error.class === 'reauthorize' || error.class === 'permission');
        if (error instanceof TokenUnreadableError || refused) return false;
        throw error;
      }
      await markUsableAgain(db, connectionId, connection.version);
      return true;
    },
  };
}

function openAccess(connection: ConnectionRow, environments: Environments, cipher: TokenCipher): Access {
  const { id, version, access_token: stored } = connection;
  const unusable = (attention: ConnectionAttention, options?: ErrorOptions) =>
    new ConnectionUnusableError(id, version, attention, options);
  switch (connection.status) {
    case 'not_configured':
      throw unusable(storedAttention(connection) ?? NOT_CONNECTED);
    case 'disconnected':
      throw unusable(DISCONNECTED);
    case 'needs_reauthorization':
      throw unusable(storedAttention(connection) ?? authorizationDead(connection, null));
    case 'configured': {
      if (stored === null) throw unusable(NOT_CONNECTED);
      const environment = environments[connection.environment];
      if (environment === null) throw unusable(environmentMissing(connection.environment));
      try {
        return { tiktok: environment.client, token: cipher.decrypt(id, stored), version };
      } catch (error) {
        // Not marked in the database: the fault is this process's key, and other processes may well have the right one.
        if (error instanceof TokenUnreadableError) throw unusable(KEY_MISSING, { cause: error });
        throw error;
      }
    }
  }
}
