import { Context } from '@temporalio/activity';
import { MENDED_BY_SETTINGS } from '../activation/attention.js';
import { findConnection } from '../database/connections.js';
import type { ActivityDependencies } from './dependencies.js';

export interface ReconnectInput {
  readonly connectionId: string;
  /** Version of the authorization that failed. */
  readonly failedVersion: number;
}

export interface AwaitReconnectInput extends ReconnectInput {
  /** Code of what a person was asked to do; absent in runs of earlier releases. */
  readonly cause?: string;
}

export interface RecheckInput extends ReconnectInput {
  readonly advertiserId: string;
  /** Whether to ask TikTok: a person says that something was mended, perhaps without a new sign-in. */
  readonly ask: boolean;
}

/** Nobody has signed in again yet; expected, and tried again. */
export class StillUnauthorizedError extends Error {
  override readonly name = 'StillUnauthorizedError';
}

/** Whether it is worth trying TikTok again. */
export function recheckConnection(deps: ActivityDependencies) {
  return async (input: RecheckInput): Promise<boolean> => {
    if (await isNewer(deps, input)) return true;
    return input.ask && (await deps.access.recheck(input));
  };
}

/** The safety net under the signal: succeeds once the connection is usable again, and fails until then. */
export function awaitReconnect(deps: Pick<ActivityDependencies, 'db' | 'access'>) {
  return async (input: AwaitReconnectInput): Promise<void> => {
    if (await isNewer(deps, input)) return;
    // Not at the first look: of several workers one may be set up rightly and another not.
    const later = Context.current().info.attempt > 1;
    const bySettings = input.cause !== undefined && MENDED_BY_SETTINGS.has(input.cause);
    if (later && bySettings && (await deps.access.canBeOpened(input.connectionId))) return;
    throw new StillUnauthorizedError('Nobody has signed in at TikTok again yet.');
  };
}

async function isNewer(deps: Pick<ActivityDependencies, 'db'>, input: ReconnectInput): Promise<boolean> {
  const connection = await findConnection(deps.db, input.connectionId);
  return connection?.status === 'configured' && connection.version > input.failedVersion;
}
