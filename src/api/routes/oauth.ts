import { Router } from 'express';
import { AuthorizationRefusedError } from '../../connections/authorization-refused-error.js';
import type { Authorizations } from '../../connections/authorizations.js';
import { storedAttention } from '../../connections/stored-attention.js';
import { advertisersOf, findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';
import type { BackgroundTasks } from '../background-work.js';
import { signalReconnected } from '../connections/signal-reconnected.js';
import { PLAIN_PAGE_HEADERS, plainPage } from '../http/plain-page.js';

export const OAUTH_CALLBACK_PATH = '/v1/oauth/tiktok/callback';

/** Where TikTok sends people back to. Answers with a page, whatever happens: a person looks at it. */
export function oauthRoutes(deps: {
  readonly db: Database;
  readonly authorizations: Authorizations;
  readonly runs: ActivationRuns;
  readonly logger: Logger;
  readonly background: BackgroundTasks;
  readonly stopping: AbortSignal;
}): Router {
  const router = Router();
  router.get(OAUTH_CALLBACK_PATH, async (request, response) => {
    response.set(PLAIN_PAGE_HEADERS).type('html');
    const parameter = (name: string) => {
      const value = request.query[name];
      return typeof value === 'string' && value !== '' ? value : null;
    };
    try {
      // TikTok sends the code under both names.
      const authCode = parameter('auth_code') ?? parameter('code');
      const connectionId = await deps.authorizations.complete({ state: parameter('state'), authCode });
      // Nobody waits for it: while Temporal is down each signal takes seconds to fail.
      deps.background.begin('telling runs of the reconnection', () => signalReconnected(deps, connectionId));
      response.send(plainPage('TikTok is connected', await connected(deps, connectionId)));
    } catch (error) {
      if (error instanceof AuthorizationRefusedError) {
        deps.logger.warn({ code: error.code, err: error.cause }, 'a sign-in was refused');
        const { connectionId } = error;
        const again =
          connectionId === null
            ? []
            : [{ text: 'Begin the sign-in again', url: `/connections/${connectionId}/sign-in` }];
        response
          .status(error.code === 'tiktok_unavailable' ? 503 : 400)
          .send(plainPage(error.title, [error.message], again));
        return;
      }
      deps.logger.error({ err: error }, 'a sign-in failed');
      response
        .status(500)
        .send(
          plainPage('The sign-in failed', ['Nothing was connected. Begin the sign-in again in a minute.']),
        );
    }
  });
  return router;
}

/** What to say of a sign-in that is stored, whatever happens now. */
async function connected(
  { db, logger }: { readonly db: Database; readonly logger: Logger },
  connectionId: string,
): Promise<string[]> {
  const said = await accountsOf(db, connectionId).catch((error: unknown) => {
    logger.warn({ err: error }, 'the accounts of a sign-in could not be shown');
    return ['The sign-in is complete.'];
  });
  return [...said, 'What waited for it goes on by itself. You can close this page.'];
}

async function accountsOf(db: Database, connectionId: string): Promise<string[]> {
  const connection = await findConnection(db, connectionId);
  const names = (await advertisersOf(db, [connectionId])).map(({ name }) => name);
  const listed =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  const attention = connection === undefined ? null : storedAttention(connection);
  return [
    `The sign-in is complete, for ${names.length === 1 ? 'the ad account' : 'the ad accounts'} ${listed}.`,
    ...(attention === null ? [] : [`${attention.title}. ${attention.detail}`]),
  ];
}
