import { setTimeout as delay } from 'node:timers/promises';
import { ERRORS, type Locker } from '@tus/server';
import type { HeldLock, SessionLocks } from '../../database/session-locks.js';

const ACQUIRE_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 50;

/**
 * tus's locks, one request at a time on an upload, among all API processes that share the folder of uploads being
 * received. A request whose client has come back with a new one is asked to give way, in whichever process it is.
 */
export function createUploadLocker(locks: SessionLocks): Locker {
  return {
    newLock(id) {
      const name = `upload ${id}`;
      let held: HeldLock | null = null;
      return {
        async lock(stopSignal, requestRelease) {
          const deadline = performance.now() + ACQUIRE_WITHIN_MS;
          for (;;) {
            held = await locks.tryLock(name, () => void requestRelease());
            if (held !== null) return;
            if (stopSignal.aborted || performance.now() > deadline) throw ERRORS.ERR_LOCK_TIMEOUT;
            await locks.want(name);
            await delay(ASK_AGAIN_MS);
          }
        },
        async unlock() {
          await held?.release();
        },
      };
    },
  };
}
