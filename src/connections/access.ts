import {
  type ConnectionAttention,
  type ConnectionRow,
  findConnection,
  markUnusable,
  markVerified,
} from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import {
  authorizationDead,
  DISCONNECTED,
  environmentMissing,
  KEY_MISSING,
  NOT_CONNECTED,
  permissionMissing,
} from './attention.js';
import { markUsableAgain } from './connection-marks.js';
import { ConnectionUnusableError } from './connection-unusable-error.js';
import type { Environments } from './environments.js';
import { storedAttention } from './stored-attention.js';
import { type TokenCipher, TokenUnreadableError } from './token-cipher.js';

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

/** For which connection and which of its advertisers TikTok is called. */
export interface AccessTarget {
  readonly connectionId: string;
  readonly advertiserId: string;
}

/** Lends out the tokens of connections. The only way to one. */
export interface ConnectionAccess {
  /**
   * Runs `use` with the connection's token. When TikTok refuses the token or misses a permission (a `TikTokError` of
   * class `reauthorize` or `permission` out of `use`), the connection is marked as needing a person.
   *
   * Throws `ConnectionUnusableError` then, and when the connection cannot be used to begin with; every other error of
   * `use` passes through.
   */
  withAccess<T>(target: AccessTarget, use: (access: Access) => Promise<T>): Promise<T>;

  /** The version of a connection that can be used as far as is known; null for one that needs a person. */
  usableVersion(connectionId: string): Promise<number | null>;

  /**
   * Asks TikTok whether the stored authorization works for an advertiser, also when it was given up: a role or a
   * permission may have been mended without a new sign-in. When it works the connection is usable again.
   *
   * Throws `TikTokError` when TikTok could not be asked.
   */
  recheck(target: AccessTarget): Promise<boolean>;
}

export function createConnectionAccess(deps: {
  readonly db: Database;
  readonly environments: Environments;
  readonly cipher: TokenCipher;
}): ConnectionAccess {
  const { db, environments, cipher } = deps;

  return {
    async withAccess({ connectionId }, use) {
      const connection = await findConnection(db, connectionId);
      if (connection === undefined) throw new Error(`There is no connection ${connectionId}`);
      const access = openAccess(connection, environments, cipher);
      try {
        const result = await use(access);
        await noteSuccess(db, connection);
        return result;
      } catch (error) {
        const attention = attentionFor(error, connection);
        if (attention === null) throw error;
        await markUnusable(db, connectionId, connection.version, attention);
        throw new ConnectionUnusableError(connectionId, connection.version, attention, { cause: error });
      }
    },

    async usableVersion(connectionId) {
      const connection = await findConnection(db, connectionId);
      return connection?.status === 'configured' ? connection.version : null;
    },

    async recheck({ connectionId, advertiserId }) {
      const connection = await findConnection(db, connectionId);
      if (connection === undefined || connection.access_token === null) return false;
      const environment = environments[connection.environment];
      if (environment === null) return false;
      try {
        const token = cipher.decrypt(connectionId, connection.access_token);
        await environment.client.listAudiences(token, advertiserId, 1);
      } catch (error) {
        if (error instanceof TokenUnreadableError || attentionFor(error, connection) !== null) return false;
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
      throw unusable(storedAttention(connection) ?? authorizationDead(connection));
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

function attentionFor(error: unknown, connection: ConnectionRow): ConnectionAttention | null {
  if (!(error instanceof TikTokError)) return null;
  switch (error.class) {
    case 'reauthorize':
      return authorizationDead(connection);
    case 'permission':
      return permissionMissing(connection);
    case 'rate_limit':
    case 'transient':
    case 'not_editable':
    case 'file':
    case 'invalid':
      return null;
  }
}

async function noteSuccess(db: Database, connection: ConnectionRow): Promise<void> {
  const last = connection.verified_at?.getTime() ?? 0;
  if (Date.now() - last >= VERIFICATION_INTERVAL_MS)
    await markVerified(db, connection.id, connection.version);
}
