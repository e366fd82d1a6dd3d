import type { z } from 'zod';
import { type Advertiser, advertiserById } from './advertisers.js';
import type { ApiCall } from './api-call.js';
import { findToken } from './authorizations.js';
import { FaultMet, isLate } from './fault.js';
import { takeFault } from './faults.js';
import { refusals } from './invented.js';
import { checkAdvertiserRate } from './rate-limits.js';
import { Refusal } from './refusal.js';
import { includesScope, type RequiredScope } from './scopes.js';
import type { StateStore } from './state.js';
import type { Audience, Token } from './state-schema.js';
import type { World } from './world.js';

/** What a call with a token gets that is unknown or revoked. */
export function deadToken(): Refusal {
  return new Refusal(40105, 'Access token is incorrect or has been revoked.');
}

/**
 * The token of the header `Access-Token`.
 *
 * @throws Refusal 40104 without one, 40105 for one that is unknown or revoked, 40102 for an expired one
 */
export function requireToken(store: StateStore, header: string | undefined, now: number): Token {
  if (header === undefined || header === '') {
    throw new Refusal(40104, 'Access token is null, you should set it in http header with key Access-Token.');
  }
  const token = findToken(store, header);
  if (token === undefined) throw deadToken();
  if (token.expiresAt !== null && now >= token.expiresAt) throw refusals.expiredToken();
  return token;
}

/**
 * Whether app and grant hold the permission of the endpoint. They are refused in different words: the first is mended on
 * the app and by signing in again, the second by signing in again with the box ticked.
 *
 * @throws Refusal 40001
 */
export function requireScope(
  store: StateStore,
  token: Token,
  scope: RequiredScope,
  endpoint: { readonly path: string; readonly method: string },
): void {
  if (!includesScope(store.current.appScopes, scope)) {
    throw new Refusal(
      40001,
      `Permission error: The access token lacks the required scope for endpoint '/${endpoint.path}(method=${endpoint.method})'.`,
    );
  }
  if (!includesScope(token.scopes, scope)) throw notGranted(endpoint);
}

function notGranted(endpoint: { readonly path: string; readonly method: string }): Refusal {
  return new Refusal(40001, `advertiser does not grant you /${endpoint.path}:${endpoint.method} permission`);
}

/**
 * The parameters of a call: of the query or the body.
 *
 * @throws Refusal 40002 naming the missing ones, else the first that is not as it must be
 */
export function parseFields<Schema extends z.ZodType>(
  schema: Schema,
  input: Readonly<Record<string, unknown>>,
): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => String(issue.path[0] ?? ''));
  const missing = fields.filter((field) => input[field] === undefined || input[field] === '');
  if (missing.length > 0) throw refusals.missingFields(missing);
  throw refusals.invalidField(fields[0] ?? '');
}

/**
 * The advertiser that the call acts for, if the token may. His throttle is counted only here: he stands in the body.
 *
 * @throws Refusal 40300 for one that does not exist, 40001 for one that did not authorize, 40133 for too many calls
 * @throws FaultMet for a fault that is limited to this advertiser
 */
export function requireAdvertiser(world: World, call: ApiCall, advertiserId: string): Advertiser {
  const advertiser = advertiserById(advertiserId);
  if (advertiser === undefined) throw refusals.unknownAdvertiser();
  if (call.token?.advertiserIds.includes(advertiserId) !== true) throw notGranted(call.endpoint);
  checkAdvertiserRate(world.store, call.endpoint.path, advertiserId, world.clock.now());
  const fault = takeFault(world.store, call.endpoint.path, advertiserId);
  if (fault !== undefined && !isLate(fault)) throw new FaultMet(fault);
  call.fault = fault ?? call.fault;
  return advertiser;
}

/**
 * The audience that an operation of its owner is for.
 *
 * @throws Refusal 40007 for one that the advertiser does not see, 40001 for one that is only shared with him
 */
export function requireOwnAudience(world: World, advertiserId: string, audienceId: string): Audience {
  const audience = world.store.current.audiences.find((each) => each.audienceId === audienceId);
  if (audience?.advertiserId === advertiserId) return audience;
  throw audience?.sharedWith.includes(advertiserId) === true
    ? refusals.notOwner()
    : refusals.unknownAudience();
}
