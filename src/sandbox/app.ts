import { refusals } from './invented.js';
import { Refusal } from './refusal.js';
import { APP } from './scopes.js';
import type { StateStore } from './state.js';

/**
 * That these are the app's id and secret.
 *
 * @throws Refusal 40113 for another app or a blocked one, 40101 for a wrong secret
 */
export function requireApp(store: StateStore, appId: string, secret: string): void {
  if (appId !== APP.id) throw refusals.unknownApp();
  if (secret !== APP.secret) throw refusals.wrongSecret();
  requireUnblocked(store);
}

/**
 * That TikTok has not blocked the app.
 *
 * @throws Refusal 40113
 */
export function requireUnblocked(store: StateStore): void {
  if (store.current.settings.appBlocked) throw refusals.blockedApp();
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
