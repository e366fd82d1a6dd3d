import { Router } from 'express';
import type { ConnectionAccess } from '../../connections/access.js';
import type { Authorizations, SignIn } from '../../connections/authorizations.js';
import { defaultEnvironment, type Environments } from '../../connections/environments.js';
import { openActivationsOf } from '../../database/activations.js';
import {
  advertisersOf,
  type ConnectionRow,
  findConnection,
  insertConnection,
  listConnections,
} from '../../database/connections.js';
import { newId } from '../../database/ids.js';
import type { Database } from '../../database/open-database.js';
import type { ConnectionEnvironment } from '../../database/schema.js';
import { viewConnections } from '../connections/connection-view.js';
import { listCustomerFileAudiences } from '../connections/list-audiences.js';
import { pageBody, pageQuery } from '../http/pages.js';
import { jsonBody, parseBody, parseQuery, pathParameter } from '../http/parse-request.js';
import { notFound, Problem } from '../http/problem.js';
import { type Authorization, authorizationRequest, connectionRequest } from '../schemas/connection.js';
import { INVITATION_PATH } from './invitations.js';

/** `/v1/connections`: who authorised what, and how to sign in. */
export function connectionRoutes(deps: {
  readonly db: Database;
  readonly environments: Environments;
  readonly access: ConnectionAccess;
  readonly authorizations: Authorizations;
  readonly publicUrl: string;
}): Router {
  const { db, authorizations, publicUrl } = deps;
  const router = Router();

  async function requireConnection(id: string): Promise<ConnectionRow> {
    const connection = await findConnection(db, id);
    if (connection === undefined) throw notFound('connection', id);
    return connection;
  }

  router.post('/v1/connections', jsonBody(), async (request, response) => {
    const {
      platform,
      name = null,
      environment = defaultEnvironment(deps.environments),
    } = parseBody(connectionRequest, request.body);
    if (deps.environments[environment] === null) throw environmentUnavailable(environment);
    const row = await insertConnection(db, { id: newId('con'), platform, name, environment });
    const signIn = await authorizations.begin(row.id);
    const [view] = await viewConnections(db, [row], publicUrl);
    response
      .status(201)
      .location(`/v1/connections/${row.id}`)
      .json({ ...view, ...viewSignIn(signIn) });
  });

  router.get('/v1/connections', async (request, response) => {
    const { limit, cursor: from } = parseQuery(pageQuery, request);
    const page = await listConnections(db, { limit, from });
    response.json(pageBody(page, await viewConnections(db, page.rows, publicUrl)));
  });

  router.get('/v1/connections/:id', async (request, response) => {
    const connection = await requireConnection(pathParameter(request, 'id'));
    const [view] = await viewConnections(db, [connection], publicUrl);
    response.json(view);
  });

  router.post(
    '/v1/connections/:id/authorizations',
    jsonBody({ optional: true }),
    async (request, response) => {
      const { id } = await requireConnection(pathParameter(request, 'id'));
      const { invitation } = parseBody(authorizationRequest, request.body);
      if (invitation === undefined) {
        response.status(201).json(viewSignIn(await authorizations.begin(id)));
        return;
      }
      const { from, note = null } = invitation;
      const { token, expiresAt } = await authorizations.invite(id, { from, note });
      const authorizationUrl = `${publicUrl}${INVITATION_PATH}?${new URLSearchParams({ token })}`;
      response.status(201).json(viewSignIn({ authorizationUrl, expiresAt }));
    },
  );

  router.get('/v1/connections/:id/advertisers/:advertiserId/audiences', async (request, response) => {
    const { id: connectionId } = await requireConnection(pathParameter(request, 'id'));
    const advertiserId = pathParameter(request, 'advertiserId');
    const advertisers = await advertisersOf(db, [connectionId]);
    if (advertisers.every((advertiser) => advertiser.advertiser_id !== advertiserId)) {
      throw notFound('advertiser', advertiserId);
    }
    const data = await listCustomerFileAudiences(deps, { connectionId, advertiserId });
    response.json({ data, nextCursor: null });
  });

  router.delete('/v1/connections/:id', async (request, response) => {
    const { id } = await requireConnection(pathParameter(request, 'id'));
    const runs = (await openActivationsOf(db, id)).map((run) => run.id);
    if (runs.length > 0) throw connectionInUse(runs);
    if (!(await authorizations.disconnect(id))) throw signedInMeanwhile();
    response.status(204).end();
  });

  return router;
}

function viewSignIn({ authorizationUrl, expiresAt }: SignIn): Authorization {
  return { authorizationUrl, expiresAt: expiresAt.toISOString() };
}

function signedInMeanwhile(): Problem {
  return new Problem({
    status: 409,
    code: 'signed_in_meanwhile',
    title: 'Somebody has signed in meanwhile',
    detail:
      'The earlier authorization was given back. The one of the new sign-in stays: disconnect once more to give that back too.',
  });
}

function environmentUnavailable(environment: ConnectionEnvironment): Problem {
  return new Problem({
    status: 422,
    code: 'environment_missing',
    title: environment === 'live' ? 'This server has no TikTok app' : 'This server has no sandbox',
    detail:
      environment === 'live'
        ? 'It needs TIKTOK_APP_ID and TIKTOK_APP_SECRET for TikTok itself. A connection with the environment "sandbox" is possible.'
        : 'It needs TIKTOK_SANDBOX_URL for simulations. A connection with the environment "live" is possible.',
    errors: [{ pointer: '/environment', detail: 'is not there on this server' }],
  });
}

function connectionInUse(activationIds: readonly string[]): Problem {
  return new Problem({
    status: 409,
    code: 'connection_in_use',
    title: 'Runs use the connection',
    detail: `Cancel these activations first, or wait for their end: ${activationIds.join(', ')}.`,
    extra: { activationIds },
  });
}
