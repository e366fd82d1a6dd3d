import { createHash, randomBytes } from 'node:crypto';
import type { StateStore, Token } from './state.js';

/** "auth_code: valid 1 hour, single use." */
const AUTH_CODE_LIFETIME_MS = 60 * 60 * 1000;

/** What someone allowed the app on the consent page. */
export interface Grant {
  readonly advertiserIds: readonly string[];
  readonly scopes: readonly string[];
}

/** 40 hex characters, as those of TikTok's samples. */
function newSecretText(): string {
  return randomBytes(20).toString('hex');
}

/** Codes and tokens are stored by this only: the sandbox needs to know them again, not to say them again. */
function digest(secretText: string): string {
  return createHash('sha256').update(secretText).digest('hex');
}

/** A code for this grant, to be exchanged within an hour. */
export function issueAuthCode(store: StateStore, grant: Grant, now: number): string {
  const code = newSecretText();
  store.current.authCodes[digest(code)] = {
    advertiserIds: [...grant.advertiserIds],
    scopes: [...grant.scopes],
    issuedAt: now,
    used: false,
  };
  store.save();
  return code;
}

/** The token for a code, once; null for a code that is unknown, used or too old. Older tokens go on working. */
export function exchangeAuthCode(
  store: StateStore,
  code: string,
  now: number,
): { accessToken: string; grant: Grant } | null {
  const issued = store.current.authCodes[digest(code)];
  if (issued === undefined || issued.used || now >= issued.issuedAt + AUTH_CODE_LIFETIME_MS) return null;
  issued.used = true;
  const accessToken = newSecretText();
  const { advertiserIds, scopes } = issued;
  store.current.tokens[digest(accessToken)] = {
    advertiserIds: [...advertiserIds],
    scopes: [...scopes],
    issuedAt: now,
    revoked: false,
  };
  store.save();
  return { accessToken, grant: { advertiserIds, scopes } };
}

/** The living token of this text; undefined for an unknown or revoked one. Tokens do not expire. */
export function findToken(store: StateStore, accessToken: string): Token | undefined {
  const token = store.current.tokens[digest(accessToken)];
  return token?.revoked === false ? token : undefined;
}

/** Kills one token. */
export function revokeToken(store: StateStore, token: Token): void {
  token.revoked = true;
  store.save();
}

/** Kills all tokens, or those that may act for one advertiser. Says how many were alive. */
export function revokeTokens(store: StateStore, advertiserId?: string): number {
  const dying = Object.values(store.current.tokens).filter(
    (token) => !token.revoked && (advertiserId === undefined || token.advertiserIds.includes(advertiserId)),
  );
  for (const token of dying) token.revoked = true;
  store.save();
  return dying.length;
}
