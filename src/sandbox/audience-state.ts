import { AUDIENCE_MESSAGES } from './invented.js';
import type { Audience, Operation } from './state-schema.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** "is_expiring: less than 60 days left." */
const EXPIRING_MS = 60 * DAY_MS;
/** "No use in an active ad group and no modification for 12 months." */
const UNUSED_MS = 365 * DAY_MS;
/** What an audience without retention shows as its end, whatever its use. */
const NO_EXPIRY = Date.UTC(2038, 0, 1);

/**
 * - `processing`: an operation is accepted and not processed yet
 * - `ready`: usable; also after a change that failed and left the content as it was
 * - `too_small`: with fewer matched people than the minimum
 * - `failed`: could not be created, since its files are of another type or do not exist
 * - `expired`: its retention is over, or nobody used or changed it for a year
 */
export type AudienceState = 'processing' | 'ready' | 'too_small' | 'failed' | 'expired';

/** The operation that is processed next: the others wait for it. */
export function pendingOperation(audience: Audience): Operation | undefined {
  return audience.operations.find((operation) => operation.state === 'processing');
}

function retentionEnd({ retentionInDays, createdAt }: Audience): number | null {
  return retentionInDays === null ? null : createdAt + retentionInDays * DAY_MS;
}

/** When its time is over whatever its use; null when that depends on its use. */
function fixedEnd(audience: Audience): number | null {
  return audience.expiredAt ?? retentionEnd(audience);
}

function endsAt(audience: Audience): number {
  const end = fixedEnd(audience);
  if (end !== null) return end;
  if (audience.usedBy.length > 0) return NO_EXPIRY;
  const { createdAt, lastUsedAt, renamedAt, operations } = audience;
  const changes = operations.map((operation) => operation.acceptedAt);
  return Math.max(createdAt, lastUsedAt ?? 0, ...renamedAt, ...changes) + UNUSED_MS;
}

export function isExpiring(audience: Audience, now: number): boolean {
  return endsAt(audience) - now < EXPIRING_MS;
}

/** `expired_time`. */
export function shownEnd(audience: Audience): number {
  return fixedEnd(audience) ?? NO_EXPIRY;
}

export function audienceState(audience: Audience, now: number): AudienceState {
  if (now >= endsAt(audience)) return 'expired';
  if (pendingOperation(audience) !== undefined) return 'processing';
  if (audience.usable) return 'ready';
  return audience.operations[0]?.state === 'failed' ? 'failed' : 'too_small';
}

/** Whether its files can be changed: it is usable and at rest, or was created with a wrong path, which a change mends. */
export function takesFiles(audience: Audience, now: number): boolean {
  const state = audienceState(audience, now);
  return state === 'ready' || (state === 'failed' && audience.errorMessage === AUDIENCE_MESSAGES.badFile);
}
