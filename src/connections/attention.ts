import type { ConnectionAttention, ConnectionRow } from '../database/connections.js';
import type { ConnectionEnvironment } from '../database/schema.js';
import type { TikTokError } from '../tiktok/errors.js';
import type { MissingScope } from './required-scopes.js';

/** Codes of what a sign-in with TikTok can mend; for the others a button for it would lead astray. */
export const MENDED_BY_SIGN_IN: ReadonlySet<string> = new Set([
  'connect_tiktok',
  'reconnect_tiktok',
  'missing_permission',
  'write_permission_missing',
  'advertiser_not_granted',
]);

export const NOT_CONNECTED: ConnectionAttention = {
  code: 'connect_tiktok',
  title: 'Sign in with TikTok',
  detail: 'Nobody has authorised this connection yet. Sign in with TikTok to connect it.',
};

export const DISCONNECTED: ConnectionAttention = {
  code: 'connect_tiktok',
  title: 'Sign in with TikTok',
  detail: 'This connection was disconnected and its authorization was given back. Sign in with TikTok again.',
};

export const KEY_MISSING: ConnectionAttention = {
  code: 'token_unreadable',
  title: 'The stored authorization cannot be read',
  detail:
    'The authorization was encrypted with another ENCRYPTION_KEY than the present one. Start the server with the ' +
    'earlier key as ENCRYPTION_KEY_PREVIOUS, or sign in with TikTok again.',
};

/** The server was started without what the connection needs. */
export function environmentMissing(environment: ConnectionEnvironment): ConnectionAttention {
  return {
    code: 'environment_missing',
    title: environment === 'live' ? 'This server has no TikTok app' : 'This server has no sandbox',
    detail:
      environment === 'live'
        ? 'The connection was made with TikTok itself. Start the server with TIKTOK_APP_ID and TIKTOK_APP_SECRET again.'
        : 'The connection was made with the sandbox. Start the server with TIKTOK_SANDBOX_URL again.',
  };
}

/** The tokens are forgotten here, and TikTok did not take them back. */
export function notGivenBack(connection: ConnectionRow): ConnectionAttention {
  return {
    code: 'authorization_not_revoked',
    title: 'The authorization may still stand at TikTok',
    detail:
      `The authorization${givenBy(connection)} was forgotten here, but TikTok could not be made to take it back. Remove ` +
      'the app in TikTok Business Center, or ask the person who signed in to do so.',
  };
}

/** TikTok says that the token is dead. */
export function authorizationDead(connection: ConnectionRow, error: TikTokError | null): ConnectionAttention {
  return {
    code: 'reconnect_tiktok',
    title: 'Sign in with TikTok again',
    detail:
      `TikTok no longer accepts the authorization${givenBy(connection)}. ${whyDead(error)} Sign in with TikTok again; ` +
      'what waits for it then goes on.',
  };
}

function whyDead(error: TikTokError | null): string {
  switch (error?.details.code) {
    case 40102:
    case 40103:
    case 40107:
      return 'It has expired and could not be renewed.';
    case 40106:
      return 'The person no longer belongs to the ad account at TikTok.';
    case 40114:
      return 'The person was logged out at TikTok.';
    case 40000:
    case 40113:
      return 'It was given to another TikTok app than the one of this server.';
    default:
      return 'It was withdrawn in TikTok, or the person lost access to the ad account.';
  }
}

/** The token lives and still has other ad accounts, but not the one that was asked for. */
export function advertiserNotGranted(connection: ConnectionRow, advertiser: string): ConnectionAttention {
  return {
    code: 'advertiser_not_granted',
    title: 'The ad account is no longer part of the authorization',
    detail:
      `The authorization${givenBy(connection)} does not cover the ad account ${advertiser} any more: the person lost ` +
      'access to it, or took it out of the authorization. Let somebody who is admin or operator of this ad account ' +
      'sign in with TikTok and tick it. Other ad accounts of the connection go on working.',
  };
}

/** The person who signed in may look at audiences, but not make or change them. */
export function writeForbidden(
  connection: { readonly authorizedBy: string | null },
  advertisers: readonly string[],
): ConnectionAttention {
  const who = connection.authorizedBy ?? 'The person who signed in';
  return {
    code: 'write_permission_missing',
    title: 'Audiences cannot be changed',
    detail:
      `${who} may not create or change audiences of ${advertisers.join(' and ')}, as it is with the role analyst. ` +
      'Let an admin or operator of the ad account sign in with TikTok, or let that role be given at TikTok.',
  };
}

/** The token lives, but not for this. */
export function permissionMissing(connection: ConnectionRow, error: TikTokError): ConnectionAttention {
  const title = 'A permission is missing at TikTok';
  const given = `The authorization${givenBy(connection)}`;
  // TikTok's words for a scope that the app has not got, whoever signs in.
  if (/lacks the required scope/i.test(error.message)) {
    return {
      code: 'reconnect_tiktok',
      title,
      detail:
        `${given} lacks a permission for audiences. If the developer app does not have “Audience Management” yet, its ` +
        'operator has to ask TikTok for it first. Then sign in with TikTok again: an older sign-in does not gain it.',
    };
  }
  return {
    code: 'reconnect_tiktok',
    title,
    detail:
      `${given} does not allow what was asked of TikTok: a permission was not ticked or was taken away, or the person ` +
      'is analyst only. Let an admin or operator of the ad account sign in with TikTok again and allow all permissions ' +
      'for audiences.',
  };
}

/** Somebody signed in without allowing all that is needed. */
export function scopesMissing(missing: readonly MissingScope[]): ConnectionAttention {
  const names = missing.map(({ id, name }) => `"${name}" (${id})`).join(' and ');
  return {
    code: 'missing_permission',
    title: 'A permission was not allowed',
    detail:
      `TikTok gave no permission for ${names}. Sign in again and leave it ticked on TikTok's page; where it is not ` +
      'offered, the developer app has to ask for it first.',
  };
}

/** A sentence on who signed in last, to begin with a space; empty when nobody did. */
export function authorizedLast(connection: ConnectionRow): string {
  if (connection.authorized_at === null) return '';
  const day = connection.authorized_at.toISOString().slice(0, 10);
  return ` It was authorised last by ${connection.authorized_by ?? 'somebody whose name TikTok did not tell'}, on ${day}.`;
}

function givenBy(connection: ConnectionRow): string {
  const who = connection.authorized_by === null ? '' : ` that ${connection.authorized_by} gave`;
  if (connection.authorized_at === null) return who;
  const day = connection.authorized_at.toISOString().slice(0, 10);
  return who === '' ? ` of ${day}` : `${who} on ${day}`;
}
