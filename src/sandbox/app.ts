import { refusals } from './invented.js';
import { Refusal } from './refusal.js';
import { APP } from './scopes.js';

/**
 * That these are the app's id and secret.
 *
 * @throws Refusal 40113 for another app, 40101 for a wrong secret
 */
export function requireApp(appId: string, secret: string): void {
  if (appId !== APP.id) throw refusals.unknownApp();
  if (secret !== APP.secret) throw refusals.wrongSecret();
}

/**
 * That the token belongs to this app, where a token is in hand. The portal lists 40113 for it; 40000 was seen.
 *
 * @throws Refusal 40000 for another app, 40101 for a wrong secret
 */
export function requireAppOfToken(appId: string, secret: string): void {
  if (appId !== APP.id) {
    throw new Refusal(
      40000,
      "The app_id is inconsistent with the token's app information. Please retry after correcting it.",
    );
  }
  if (secret !== APP.secret) throw refusals.wrongSecret();
}
