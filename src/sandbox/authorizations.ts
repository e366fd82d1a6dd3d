import { createHash, randomBytes } from 'node:crypto';
import { refusals } from './invented.js';
import { Refusal } from './refusal.js';
import type { StateStore } from './state.js';
import type { Token } from './state-schema.js';

/** "auth_code: valid 1 hour, single use." */
const AUTH_CODE_LIFETIME_MS = 60 * 60 * 1000;

/** What someone allowed the app on the consent page. */
export interface Grant {
  readonly advertiserIds: readonly string[];
  readonly scopes: readonly string[];
}

/** What stands beside a token that expires. Seconds of the sandbox's clock. */
export interface Refreshable {
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly grant: Grant;
  /** Null for a long-term token. */
  readonly refreshable: Refreshable | null;
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

function issueToken(store: StateStore, { advertiserIds, scopes }: Grant, now: number): IssuedToken {
  const accessToken = newSecretText();
  const tokenKey = digest(accessToken);
  const lifetimes = store.current.settings.tokenLifetimes;
  store.current.tokens[tokenKey] = {
    advertiserIds: [...advertiserIds],
    scopes: [...scopes],
    issuedAt: now,
    revoked: false,
    expiresAt: lifetimes === null ? null : now + lifetimes.accessSeconds * 1000,
  };
  if (lifetimes === null) return { accessToken, grant: { advertiserIds, scopes }, refreshable: null };
  const refreshToken = newSecretText();
  store.current.refreshTokens[digest(refreshToken)] = {
    tokenKey,
    expiresAt: now + lifetimes.refreshSeconds * 1000,
  };
  return {
    accessToken,
    grant: { advertiserIds, scopes },
    refreshable: {
      expiresIn: lifetimes.accessSeconds,
      refreshToken,
      refreshExpiresIn: lifetimes.refreshSeconds,
    },
  };
}

/**
 * The token for a code, once. Older tokens go on working.
 *
 * @throws Refusal 40110 for a code that is unknown, used or too old
 */
export function exchangeAuthCode(store: StateStore, code: string, now: number): IssuedToken {
  const issued = store.current.authCodes[digest(code)];
  if (issued === undefined || issued.used || now >= issued.issuedAt + AUTH_CODE_LIFETIME_MS) {
    throw new Refusal(
      40110,
      'The auth_code is canceled. Please re-authorize and try again with a new auth_code.',
    );
  }
  issued.used = true;
  const token = issueToken(store, issued, now);
  store.save();
  return token;
}

/**
 * Another token for a refresh token, once; a new refresh token comes with it.
 *
 * @throws Refusal 40107 for one that is unknown, used or of a revoked token, 40103 for an expired one
 */
export function refreshToken(store: StateStore, text: string, now: number): IssuedToken {
  const key = digest(text);
  const { refreshTokens, tokens } = store.current;
  const held = refreshTokens[key];
  const token = held === undefined ? undefined : tokens[held.tokenKey];
  if (held === undefined || token === undefined || token.revoked) throw refusals.badRefreshToken();
  if (now >= held.expiresAt) throw refusals.expiredRefreshToken();
  delete refreshTokens[key];
  const issued = issueToken(store, token, now);
  store.save();
  return issued;
}

/** The token of this text that is not revoked; undefined for any other. */
export function findToken(store: StateStore, accessToken: string): Token | undefined {
  const token = store.current.tokens[digest(accessToken)];
  return token?.revoked === false ? token : undefined;
}

/** Kills one token, and what could refresh it. */
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

/** What `GET /_sandbox/authorizations` shows: every token ever given, oldest first, without its text. */
export function authorizationsInside(store: StateStore, now: number) {
  return Object.values(store.current.tokens).map(
    ({ advertiserIds, scopes, issuedAt, revoked, expiresAt }) => ({
      advertiserIds,
      scopes,
      issuedAt: new Date(issuedAt).toISOString(),
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      state: revoked ? 'revoked' : expiresAt !== null && now >= expiresAt ? 'expired' : 'living',
    }),
  );
}
