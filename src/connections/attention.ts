import type { ConnectionAttention, ConnectionRow } from '../database/connections.js';
import type { ConnectionEnvironment } from '../database/schema.js';
import type { MissingScope } from './required-scopes.js';

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

/** TikTok says that the token is dead. */
export function authorizationDead(connection: ConnectionRow): ConnectionAttention {
  return {
    code: 'reconnect_tiktok',
    title: 'Sign in with TikTok again',
    detail:
      `TikTok no longer accepts the authorization${givenBy(connection)}. It was withdrawn in TikTok, or the person ` +
      'lost access to the ad account. Sign in with TikTok again; what waits for it then goes on.',
  };
}

/** The token lives, but not for this. */
export function permissionMissing(connection: ConnectionRow): ConnectionAttention {
  return {
    code: 'reconnect_tiktok',
    title: 'A permission is missing at TikTok',
    detail:
      `The authorization${givenBy(connection)} does not allow what was asked of TikTok: a permission was not ` +
      'ticked or was taken away, or the ad account can no longer be reached. Let an admin or operator of the ad ' +
      'account sign in with TikTok again and allow all permissions for audiences.',
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

function givenBy(connection: ConnectionRow): string {
  const who = connection.authorized_by === null ? '' : ` that ${connection.authorized_by} gave`;
  if (connection.authorized_at === null) return who;
  const day = connection.authorized_at.toISOString().slice(0, 10);
  return who === '' ? ` of ${day}` : `${who} on ${day}`;
}
