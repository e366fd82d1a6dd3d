import { type Request, type Response, Router } from 'express';
import { AuthorizationRefusedError } from '../../connections/authorization-refused-error.js';
import type { Authorizations } from '../../connections/authorizations.js';
import { openActivationsOf } from '../../database/activations.js';
import { advertisersOf, findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { PLAIN_PAGE_HEADERS, plainPage } from '../http/plain-page.js';

/** The page of an invitation. Its token stands in the query, which is never logged. */
export const INVITATION_PATH = '/invitation';

/**
 * What a person sees who was invited to sign in at TikTok. The token of the link is the right to see it, also where this
 * server needs keys. Looking does not use the invitation up: programs that preview links do so too.
 */
export function invitationRoutes(deps: {
  readonly db: Database;
  readonly authorizations: Authorizations;
}): Router {
  const router = Router();

  router.get(INVITATION_PATH, async (request, response) => {
    await explained(response, async () => {
      const { connectionId, invitedBy, note, expiresAt } = await deps.authorizations.invitation(
        tokenOf(request),
      );
      const asked = invitedBy ?? 'Somebody';
      const paragraphs = [
        `${asked} asks you to sign in with TikTok, so that Activate Audience may see, create and change Custom ` +
          `Audiences made from customer files${await forWhich(deps.db, connectionId)}. It can do nothing else with ` +
          'your ad accounts.',
        ...(note === null ? [] : [`“${note}”`]),
        'You need to be admin or operator of the ad account. Leave all permissions for audiences ticked on TikTok’s ' +
          'page. You can withdraw the access at any time in TikTok Business Center.',
        `The invitation works once and ends on ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      ];
      const url = `${INVITATION_PATH}/sign-in?${new URLSearchParams({ token: tokenOf(request) ?? '' })}`;
      response.send(
        plainPage('You are invited to connect TikTok', paragraphs, [{ text: 'Sign in with TikTok', url }]),
      );
    });
  });

  router.get(`${INVITATION_PATH}/sign-in`, async (request, response) => {
    await explained(response, async () => {
      const { authorizationUrl } = await deps.authorizations.beginInvited(tokenOf(request));
      response.redirect(303, authorizationUrl);
    });
  });

  return router;
}

async function explained(response: Response, answer: () => Promise<void>): Promise<void> {
  response.set(PLAIN_PAGE_HEADERS).type('html');
  try {
    await answer();
  } catch (error) {
    if (!(error instanceof AuthorizationRefusedError)) throw error;
    response.status(error.code === 'state_used' || error.code === 'state_expired' ? 410 : 400);
    response.send(plainPage(error.title, [error.message]));
  }
}

/** The ad accounts that runs wait for, else those that the connection had before. */
async function forWhich(db: Database, connectionId: string): Promise<string> {
  const advertisers = await advertisersOf(db, [connectionId]);
  const waiting = new Set((await openActivationsOf(db, connectionId)).map((run) => run.advertiser_id));
  const wanted = waiting.size > 0 ? advertisers.filter((one) => waiting.has(one.advertiser_id)) : advertisers;
  const named = wanted
    .slice(0, 5)
    .map(({ advertiser_id: id, name }) => (name === id ? id : `“${name}” (${id})`));
  if (named.length > 0) return ` in the ad account ${named.join(' and ')}`;
  const name = (await findConnection(db, connectionId))?.name ?? null;
  return name === null ? '' : ` for “${name}”`;
}

function tokenOf(request: Request): string | null {
  const { token } = request.query;
  return typeof token === 'string' && token !== '' ? token : null;
}
