import { lockTokens, storeRefreshedTokens } from '../database/connection-tokens.js';
import { type ConnectionRow, findConnection } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import { encryptTokens, refreshOf } from './stored-tokens.js';
import type { TokenCipher } from './token-cipher.js';

/** A call that has just begun should not outlive its token. */
const REFRESH_BEFORE_MS = 5 * 60_000;

/** Keeps tokens alive that die by themselves. Long-term tokens pass through untouched. */
export interface TokenRefresh {
  /** The connection as it is, or with new tokens when its present one is about to expire. Throws `TikTokError`. */
  beforeExpiry(connection: ConnectionRow, tiktok: TikTokClient): Promise<ConnectionRow>;
  /** The connection with other tokens than the given ones, which TikTok refused. Throws `TikTokError`. */
  renew(refused: ConnectionRow, tiktok: TikTokClient): Promise<ConnectionRow>;
}

export function createTokenRefresh(deps: {
  readonly db: Database;
  readonly cipher: TokenCipher;
}): TokenRefresh {
  /** Of this process: its calls wait for one refresh rather than each for the lock. */
  const underway = new Map<string, Promise<ConnectionRow>>();

  async function renew(refused: ConnectionRow, tiktok: TikTokClient): Promise<ConnectionRow> {
    const known = underway.get(refused.id);
    if (known !== undefined) return known;
    const refresh = renewLocked(deps, refused, tiktok).finally(() => underway.delete(refused.id));
    underway.set(refused.id, refresh);
    return refresh;
  }

  return {
    renew,
    async beforeExpiry(connection, tiktok) {
      const { refresh_token: refreshToken, token_expires_at: expiresAt } = connection;
      if (connection.status !== 'configured' || refreshToken === null || expiresAt === null)
        return connection;
      if (expiresAt.getTime() - Date.now() > REFRESH_BEFORE_MS) return connection;
      try {
        return await renew(connection, tiktok);
      } catch (error) {
        // The present token still works for a while, and the next call tries again.
        const passes =
          error instanceof TikTokError && (error.class === 'transient' || error.class === 'rate_limit');
        if (passes && expiresAt.getTime() > Date.now()) return connection;
        throw error;
      }
    },
  };
}

/**
 * A refresh token works once: of all processes one refreshes, and the others find its tokens when they get the lock.
 * When the process dies between TikTok's answer and the commit, the tokens are lost and a person signs in again.
 */
async function renewLocked(
  { db, cipher }: { readonly db: Database; readonly cipher: TokenCipher },
  refused: ConnectionRow,
  tiktok: TikTokClient,
): Promise<ConnectionRow> {
  return db.transaction().execute(async (tx) => {
    await lockTokens(tx, refused.id);
    const current = existing(await findConnection(tx, refused.id));
    const others = current.version !== refused.version || !sameToken(cipher, current, refused);
    if (others || current.refresh_token === null) return current;
    const refreshToken = cipher.decrypt(refreshOf(current.id), current.refresh_token);
    const { accessToken, ...refresh } = await tiktok.refreshAccessToken(refreshToken);
    const tokens = encryptTokens(cipher, current.id, accessToken, refresh);
    return (
      (await storeRefreshedTokens(tx, current, tokens)) ?? existing(await findConnection(tx, current.id))
    );
  });
}

function existing(connection: ConnectionRow | undefined): ConnectionRow {
  if (connection === undefined) throw new Error('a connection vanished while its tokens were refreshed');
  return connection;
}

/** Also in another encryption: the key may be rotated at any moment. */
function sameToken(cipher: TokenCipher, left: ConnectionRow, right: ConnectionRow): boolean {
  const [one, other] = [left.access_token, right.access_token];
  if (one === null || other === null) return one === other;
  return one.equals(other) || cipher.decrypt(left.id, one) === cipher.decrypt(right.id, other);
}
