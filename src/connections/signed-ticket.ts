import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { EncryptionKeys } from './token-cipher.js';

/** What a ticket entitles to. One for one purpose is worth nothing for another. */
export type TicketPurpose = 'sign_in' | 'invitation';

export interface Ticket {
  readonly purpose: TicketPurpose;
  readonly connectionId: string;
  readonly expiresAt: Date;
}

export type TicketOutcome =
  | { readonly kind: 'valid'; readonly ticket: Ticket }
  /** `forged`: not issued with our key, or changed since. */
  | { readonly kind: 'forged' | 'expired' };

/** Issues and reads the texts that stand in links: signed, so that one that was changed is told from one that is old. */
export interface TicketSigner {
  sign(ticket: Ticket): string;
  /** @param now by the clock of who signed it */
  read(text: string, now: Date): TicketOutcome;
}

const KEY_USE = 'activate-audience links';
const payload = z.tuple([z.enum(['sign_in', 'invitation']), z.string(), z.int(), z.string()]);

/** A ticket: base64url of purpose, connection, end in seconds and 128 random bits; a dot; HMAC-SHA-256 of that. */
export function createTicketSigner(keys: EncryptionKeys): TicketSigner {
  const current = derived(keys.current);
  const known = keys.previous === null ? [current] : [current, derived(keys.previous)];

  return {
    sign({ purpose, connectionId, expiresAt }) {
      const seconds = Math.floor(expiresAt.getTime() / 1000);
      const nonce = randomBytes(16).toString('base64url');
      const body = Buffer.from(JSON.stringify([purpose, connectionId, seconds, nonce])).toString('base64url');
      return `${body}.${signature(current, body)}`;
    },

    read(text, now) {
      const [body = '', given = '', ...rest] = text.split('.');
      if (rest.length > 0 || !known.some((key) => equal(signature(key, body), given)))
        return { kind: 'forged' };
      const parsed = payload.safeParse(parseJson(Buffer.from(body, 'base64url').toString('utf8')));
      if (!parsed.success) return { kind: 'forged' };
      const [purpose, connectionId, seconds] = parsed.data;
      const expiresAt = new Date(seconds * 1000);
      if (expiresAt.getTime() <= now.getTime()) return { kind: 'expired' };
      return { kind: 'valid', ticket: { purpose, connectionId, expiresAt } };
    },
  };
}

/** A key of its own for each use: the one that encrypts tokens signs nothing. */
function derived(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), KEY_USE, 32));
}

function signature(key: Buffer, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
