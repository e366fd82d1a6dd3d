import type { RefreshableToken } from '../tiktok/client.js';
import type { TokenCipher } from './token-cipher.js';

/** The tokens of an authorization as the database holds them. */
export interface StoredTokens {
  readonly accessToken: Buffer;
  readonly refreshToken: Buffer | null;
  readonly tokenExpiresAt: Date | null;
}

export function encryptTokens(
  cipher: TokenCipher,
  connectionId: string,
  accessToken: string,
  refresh: RefreshableToken | null,
): StoredTokens {
  return {
    accessToken: cipher.encrypt(connectionId, accessToken),
    refreshToken: refresh === null ? null : cipher.encrypt(refreshOf(connectionId), refresh.refreshToken),
    tokenExpiresAt: refresh === null ? null : new Date(Date.now() + refresh.expiresInSeconds * 1000),
  };
}

/** To whom a stored refresh token is bound, so that one kind of token cannot be put in the place of the other. */
export function refreshOf(connectionId: string): string {
  return `${connectionId}/refresh`;
}
