import { Context } from '@temporalio/activity';
import { MENDED_BY_SETTINGS } from '../activation/attention.js';
import { findConnection } from '../database/connections.js';
import { TikTokError } from '../tiktok/errors.js';
import type { ActivityDependencies } from './dependencies.js';

export interface ReconnectInput {
  readonly connectionId: string;
  /** Version of the authorization that failed. */
  readonly failedVersion: number;
}

export interface AwaitReconnectInput extends ReconnectInput {
  /** Code of what a person was asked to do; absent in runs of earlier releases. */
  readonly cause?: string;
  /** Absent in runs of earlier releases. */
  readonly advertiserId?: string;
}

export interface RecheckInput extends ReconnectInput {
  readonly advertiserId: string;
  /** Whether to ask TikTok: a person says that something was mended, perhaps without a new sign-in. */
  readonly ask: boolean;
}

/** About half an hour after the first, by the distances of the retries. */
const FIRST_LOOK_AT_TIKTOK = 8;

/** What keeps TikTok from answering for a while. */
const ASKED_AGAIN: ReadonlySet<TikTokError['retry']> = new Set(['after_pause', 'patiently', 'slowly']);

/** Nobody has signed in again yet; expected, and tried again. */
export class StillUnauthorizedError extends Error {
  override readonly name = 'StillUnauthorizedError';
}

/** Whether it is worth trying TikTok again. */
export function recheckConnection(deps: Pick<ActivityDependencies, 'db' | 'access'>) {
  return async (input: RecheckInput): Promise<boolean> => {
    if (await isNewer(deps, input)) return true;
    if (!input.ask) return false;
    try {
      return await deps.access.recheck(input, 'works');
    } catch (error) {
      // The run goes on waiting: a signal that was only a hint must not end it.
      if (error instanceof TikTokError && !ASKED_AGAIN.has(error.retry)) return false;
      throw error;
    }
  };
}

/** The safety net under the signal: succeeds once the connection is usable again, and fails until then. */
export function awaitReconnect(deps: Pick<ActivityDependencies, 'db' | 'access'>) {
  return async (input: AwaitReconnectInput): Promise<void> => {
    if (await isNewer(deps, input)) return;
    if (await isMended(deps, input, Context.current().info.attempt)) return;
    throw new StillUnauthorizedError('Nobody has signed in at TikTok again yet.');
  };
}

/** Whether the authorization that failed works by now without a new sign-in. */
async function isMended(
  { db, access }: Pick<ActivityDependencies, 'db' | 'access'>,
  { connectionId, failedVersion, cause, advertiserId }: AwaitReconnectInput,
  look: number,
): Promise<boolean> {
  // Not at the first look: of several workers one may be set up rightly and another not.
  if (cause !== undefined && MENDED_BY_SETTINGS.has(cause))
    return look > 1 && access.canBeOpened(connectionId);
  // Not every refusal shows in what is asked here, and then the run would try in vain each time.
  if (look < FIRST_LOOK_AT_TIKTOK) return false;
  // While the connection is given up, only a person has it asked for; another of its runs may have found it mended.
  const connection = await findConnection(db, connectionId);
  const stands = connection?.status === 'configured' && connection.version === failedVersion;
  if (!stands || advertiserId === undefined) return false;
  try {
    return await access.recheck({ connectionId, advertiserId }, 'refused');
  } catch (error) {
    if (error instanceof TikTokError) return false;
    throw error;
  }
}

async function isNewer(deps: Pick<ActivityDependencies, 'db'>, input: ReconnectInput): Promise<boolean> {
  const connection = await findConnection(deps.db, input.connectionId);
  return connection?.status === 'configured' && connection.version > input.failedVersion;
}
