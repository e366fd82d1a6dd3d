import { createHash } from 'node:crypto';
import {
  type AuthorizationRequest,
  findAuthorizationRequest,
  insertAuthorizationRequest,
  type StateOutcome,
  useAuthorizationRequest,
} from '../database/authorization-requests.js';
import { readDatabaseTime } from '../database/clock.js';
import type { Database } from '../database/open-database.js';
import { AuthorizationRefusedError } from './authorization-refused-error.js';
import type { TicketPurpose, TicketSigner } from './signed-ticket.js';

/** A sign-in is begun and finished in one sitting; an invitation waits until somebody finds the time. */
const LIFETIME_MS: Readonly<Record<TicketPurpose, number>> = {
  sign_in: 60 * 60 * 1000,
  invitation: 7 * 24 * 60 * 60 * 1000,
};

export interface Links {
  readonly db: Database;
  readonly signer: TicketSigner;
}

/** Who invites somebody to sign in, and for what, as the invited person reads it. */
export interface Invitation {
  readonly from: string;
  readonly note: string | null;
}

/**
 * A new text for one link: the `state` of TikTok's consent page, or the token of an invitation. It is signed, works once
 * and expires. Only its digest is stored, so that whoever reads the database cannot finish somebody's sign-in.
 */
export async function issueTicket(
  { db, signer }: Links,
  ticket: {
    readonly purpose: TicketPurpose;
    readonly connectionId: string;
    readonly invitation?: Invitation;
    /** Digest of the invitation through which a sign-in is begun. */
    readonly throughInvitation?: string | null;
  },
): Promise<{ text: string; expiresAt: Date }> {
  const { purpose, connectionId } = ticket;
  const expiresAt = new Date((await readDatabaseTime(db)).getTime() + LIFETIME_MS[purpose]);
  const text = signer.sign({ purpose, connectionId, expiresAt });
  await insertAuthorizationRequest(db, {
    stateDigest: digestOf(text),
    connectionId,
    purpose,
    expiresAt,
    invitedBy: ticket.invitation?.from ?? null,
    note: ticket.invitation?.note ?? null,
    invitationDigest: ticket.throughInvitation ?? null,
  });
  return { text, expiresAt };
}

/** What a state was issued for; it is used up by this. Throws `AuthorizationRefusedError`. */
export async function useState(links: Links, state: string | null): Promise<AuthorizationRequest> {
  const digest = await verified(links, state, 'sign_in');
  const outcome = await useAuthorizationRequest(links.db, digest);
  if (outcome.kind === 'valid') return outcome.request;
  throw refusal(outcome.kind, 'sign_in');
}

/** The invitation behind a token, which is not used up by looking at it. Throws `AuthorizationRefusedError`. */
export async function findInvitation(
  links: Links,
  token: string | null,
): Promise<AuthorizationRequest & { readonly digest: string }> {
  const digest = await verified(links, token, 'invitation');
  const outcome = await findAuthorizationRequest(links.db, digest);
  if (outcome.kind === 'valid') return { ...outcome.request, digest };
  throw refusal(outcome.kind, 'invitation');
}

/** Uses an invitation up: of two people who signed in through it, one is the first. Throws `AuthorizationRefusedError`. */
export async function useInvitation(db: Database, digest: string): Promise<void> {
  const outcome = await useAuthorizationRequest(db, digest);
  if (outcome.kind !== 'valid') throw refusal(outcome.kind, 'invitation');
}

async function verified({ db, signer }: Links, text: string | null, purpose: TicketPurpose): Promise<string> {
  if (text === null || text === '') {
    throw new AuthorizationRefusedError(
      'state_missing',
      purpose === 'sign_in' ? 'This is not the end of a sign-in' : 'This is not an invitation',
      purpose === 'sign_in'
        ? 'TikTok sends people here after they signed in, and this address lacks what TikTok sends along. Begin the ' +
            'sign-in again where you started it.'
        : 'The link is not complete. Copy the whole of it from the message that you got, or ask for a new one.',
    );
  }
  const outcome = signer.read(text, await readDatabaseTime(db));
  if (outcome.kind === 'valid' && outcome.ticket.purpose === purpose) return digestOf(text);
  throw refusal(outcome.kind === 'expired' ? 'expired' : 'unknown', purpose);
}

function refusal(
  kind: Exclude<StateOutcome['kind'], 'valid'>,
  purpose: TicketPurpose,
): AuthorizationRefusedError {
  const again =
    purpose === 'sign_in'
      ? 'Begin the sign-in again where you started it.'
      : 'Ask the person who invited you for a new one.';
  switch (kind) {
    case 'unknown':
      return new AuthorizationRefusedError(
        'state_unknown',
        purpose === 'sign_in' ? 'This sign-in was not started here' : 'This invitation was not made here',
        `Nothing was connected: the link was changed on its way, or comes from somewhere else. ${again}`,
      );
    case 'used':
      return new AuthorizationRefusedError(
        'state_used',
        'This link was used already',
        `It works once, and somebody has signed in with it. If the connection does not show it: ${again}`,
      );
    case 'expired':
      return new AuthorizationRefusedError(
        'state_expired',
        'This link has expired',
        `${purpose === 'sign_in' ? 'A sign-in has to be finished within an hour' : 'An invitation is valid for seven days'}. ${again}`,
      );
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
