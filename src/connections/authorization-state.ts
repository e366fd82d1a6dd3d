import { createHash, randomBytes } from 'node:crypto';
import {
  insertAuthorizationRequest,
  type StateOutcome,
  useAuthorizationRequest,
} from '../database/authorization-requests.js';
import type { Database } from '../database/open-database.js';
import { AuthorizationRefusedError } from './authorization-refused-error.js';

/** Long enough to hand the link to a colleague who has the rights at TikTok. */
const LIFETIME_MS = 60 * 60 * 1000;

/**
 * A new `state` for TikTok's consent page: 256 random bits. Only its digest is stored, so that whoever reads the
 * database cannot finish somebody's sign-in.
 */
export async function issueState(
  db: Database,
  connectionId: string,
): Promise<{ state: string; expiresAt: Date }> {
  const state = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + LIFETIME_MS);
  await insertAuthorizationRequest(db, { stateDigest: digestOf(state), connectionId, expiresAt });
  return { state, expiresAt };
}

/** The connection that a state was issued for; the state is used up. Throws `AuthorizationRefusedError`. */
export async function useState(db: Database, state: string | null): Promise<string> {
  if (state === null || state === '') {
    throw new AuthorizationRefusedError(
      'state_missing',
      'This is not the end of a sign-in',
      'TikTok sends people here after they signed in. Begin the sign-in again where you started it.',
    );
  }
  const outcome = await useAuthorizationRequest(db, digestOf(state));
  if (outcome.kind === 'valid') return outcome.connectionId;
  throw refusal(outcome.kind);
}

function refusal(kind: Exclude<StateOutcome['kind'], 'valid'>): AuthorizationRefusedError {
  switch (kind) {
    case 'unknown':
      return new AuthorizationRefusedError(
        'state_unknown',
        'This sign-in was not started here',
        'Nothing was connected. Begin the sign-in again where you started it.',
      );
    case 'used':
      return new AuthorizationRefusedError(
        'state_used',
        'This link was used already',
        'A sign-in link works once. If the connection is not there, begin the sign-in again.',
      );
    case 'expired':
      return new AuthorizationRefusedError(
        'state_expired',
        'This link has expired',
        'A sign-in has to be finished within an hour. Begin it again for a new link.',
      );
  }
}

function digestOf(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}
