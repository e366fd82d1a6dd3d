import { lockTokens } from '../database/connection-tokens.js';
import {
  type ConnectionAttention,
  type ConnectionRow,
  findConnection,
  markDisconnected,
} from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';
import { notGivenBack } from './attention.js';
import type { Environments } from './environments.js';
import { type TokenCipher, TokenUnreadableError } from './token-cipher.js';

/** "The access token is not valid or was revoked", "has expired". Other refusals leave a token that lives. */
const TOKEN_DEAD = 40105;
const TOKEN_EXPIRED = 40102;

/**
 * Gives an authorization back at TikTok and forgets it. Returns false when somebody has signed in meanwhile: that
 * authorization stays. Throws `TikTokError` when TikTok could not be asked.
 */
export async function disconnect(
  deps: { readonly db: Database; readonly environments: Environments; readonly cipher: TokenCipher },
  connection: ConnectionRow,
): Promise<boolean> {
  const { id, version, environment } = connection;
  const tiktok = deps.environments[environment]?.client ?? null;
  return deps.db.transaction().execute(async (tx) => {
    // A refresh that is under way makes the token that was read worthless, and the new one is to be given back.
    await lockTokens(tx, id);
    const now = await findConnection(tx, id);
    // By another request at the same time, which has said what is left to do.
    if (now?.version === version && now.status === 'disconnected') return true;
    const current = now?.version === version ? now : connection;
    const { access_token: stored } = current;
    const left =
      stored === null ? null : await revoke(tiktok, current, () => deps.cipher.decrypt(id, stored));
    return markDisconnected(tx, current, left);
  });
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
        return isDead(error, connection) ? null : notGivenBack(connection);
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

/** An expired token may have a refresh token that lives on. */
function isDead({ details: { code } }: TikTokError, connection: ConnectionRow): boolean {
  return code === TOKEN_DEAD || (code === TOKEN_EXPIRED && connection.refresh_token === null);
}
