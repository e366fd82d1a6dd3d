import { type ConnectionAttention, type ConnectionRow, markDisconnected } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import { notGivenBack } from './attention.js';
import type { Environments } from './environments.js';
import { type TokenCipher, TokenUnreadableError } from './token-cipher.js';

/**
 * Gives an authorization back at TikTok and forgets it. Returns false when somebody has signed in meanwhile: that
 * authorization stays. Throws `TikTokError` when TikTok could not be asked.
 */
export async function disconnect(
  deps: { readonly db: Database; readonly environments: Environments; readonly cipher: TokenCipher },
  connection: ConnectionRow,
): Promise<boolean> {
  const { id, access_token: stored } = connection;
  const tiktok = deps.environments[connection.environment]?.client ?? null;
  const left =
    stored === null ? null : await revoke(tiktok, connection, () => deps.cipher.decrypt(id, stored));
  return markDisconnected(deps.db, connection, left);
}

/** What a person still has to do, if anything. A token that TikTok says is dead needs no revoking. */
async function revoke(
  tiktok: TikTokClient | null,
  connection: ConnectionRow,
  readToken: () => string,
): Promise<ConnectionAttention | null> {
  if (tiktok === null) return notGivenBack(connection);
  try {
    await tiktok.revokeToken(readToken());
    return null;
  } catch (error) {
    if (error instanceof TokenUnreadableError) return notGivenBack(connection);
    if (!(error instanceof TikTokError)) throw error;
    switch (error.class) {
      case 'reauthorize':
        return null;
      case 'transient':
      case 'rate_limit':
        throw error;
      case 'permission':
      case 'not_editable':
      case 'file':
      case 'invalid':
        return notGivenBack(connection);
    }
  }
}
