import {
  connectionsWithTokens,
  lockTokens,
  replaceTokens,
  storedTokens,
} from '../database/connection-tokens.js';
import type { Database } from '../database/open-database.js';
import { refreshOf } from './stored-tokens.js';
import { type TokenCipher, TokenUnreadableError } from './token-cipher.js';

export interface Rotation {
  /** Connections whose tokens were encrypted anew. */
  readonly renewed: number;
  /** Connections whose tokens had the current key already. */
  readonly current: number;
  /** Connections whose tokens open with neither key; a new sign-in mends them. */
  readonly unreadable: readonly string[];
}

/**
 * Encrypts every stored token with the current key. Each connection is written by itself, and only if it still holds what
 * was read: so it may run beside the product, be broken off and be repeated.
 */
export async function rotateTokens(db: Database, cipher: TokenCipher): Promise<Rotation> {
  const outcomes = { renewed: 0, current: 0 };
  const unreadable: string[] = [];
  for (const id of await connectionsWithTokens(db)) {
    try {
      outcomes[await rotate(db, cipher, id)] += 1;
    } catch (error) {
      if (!(error instanceof TokenUnreadableError)) throw error;
      unreadable.push(id);
    }
  }
  return { ...outcomes, unreadable };
}

/** Not while a process refreshes them: it stores the new ones only in the place of those that it has read. */
async function rotate(db: Database, cipher: TokenCipher, id: string): Promise<'renewed' | 'current'> {
  return db.transaction().execute(async (tx) => {
    await lockTokens(tx, id);
    return rotateLocked(tx, cipher, id);
  });
}

async function rotateLocked(tx: Database, cipher: TokenCipher, id: string): Promise<'renewed' | 'current'> {
  for (;;) {
    const stored = await storedTokens(tx, id);
    if (stored === null) return 'current';
    const { accessToken: access, refreshToken: refresh } = stored;
    if (cipher.isCurrent(access) && (refresh === null || cipher.isCurrent(refresh))) return 'current';
    const renewed = {
      accessToken: cipher.encrypt(id, cipher.decrypt(id, access)),
      refreshToken:
        refresh === null ? null : cipher.encrypt(refreshOf(id), cipher.decrypt(refreshOf(id), refresh)),
    };
    // Else a sign-in came in between, of a process that perhaps still has the previous key alone.
    if (await replaceTokens(tx, id, access, renewed)) return 'renewed';
  }
}
