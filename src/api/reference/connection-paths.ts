import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { pageQuery } from '../http/pages.js';
import { audience } from '../schemas/audience.js';
import {
  authorization,
  authorizationRequest,
  connection,
  connectionRequest,
  newConnection,
} from '../schemas/connection.js';
import { listOf } from '../schemas/list.js';
import { platform } from '../schemas/platform.js';
import { answers, answersOther, pages } from './responses.js';

const path = z.object({ id: z.string().meta({ description: 'Id of a connection, as con_…' }) });
const tags = ['Connections'];

export const connectionPaths: ZodOpenApiPathsObject = {
  '/v1/platforms': {
    get: {
      tags,
      summary: 'The platforms that can be connected',
      responses: answers(200, 'All platforms.', listOf(platform)),
    },
  },
  '/v1/connections': {
    post: {
      tags,
      summary: 'Create a connection',
      requestBody: { required: true, content: { 'application/json': { schema: connectionRequest } } },
      responses: answers(201, 'Send a person to `authorizationUrl` to sign in with TikTok.', newConnection),
    },
    get: {
      tags,
      summary: 'List connections, newest first',
      requestParams: { query: pageQuery },
      responses: answers(200, 'A page of connections.', listOf(connection)),
    },
  },
  '/v1/connections/{id}': {
    get: {
      tags,
      summary: 'A connection and its advertisers',
      requestParams: { path },
      responses: answers(200, 'The connection.', connection),
    },
    delete: {
      tags,
      summary: 'Disconnect',
      description: 'Revokes the authorization at TikTok and forgets it. 409 while runs are open.',
      requestParams: { path },
      responses: answersOther(204, 'Disconnected.'),
    },
  },
  '/v1/connections/{id}/authorizations': {
    post: {
      tags,
      summary: 'Sign in again, or invite somebody to',
      requestParams: { path },
      requestBody: { content: { 'application/json': { schema: authorizationRequest } } },
      responses: answers(201, 'The link works once and expires.', authorization),
    },
  },
  '/v1/connections/{id}/advertisers/{advertiserId}/audiences': {
    get: {
      tags,
      summary: "An advertiser's Customer File audiences",
      requestParams: { path: path.extend({ advertiserId: z.string() }) },
      responses: answers(200, 'All of them, as TikTok has them now.', listOf(audience)),
    },
  },
  '/v1/oauth/tiktok/callback': {
    get: {
      tags,
      summary: 'Where TikTok sends people back to',
      requestParams: {
        query: z.object({ state: z.string(), auth_code: z.string().optional(), code: z.string().optional() }),
      },
      responses: pages({
        200: 'A page: TikTok is connected.',
        400: 'A page that says why nothing was connected.',
        500: 'A page: the sign-in failed here.',
        503: 'A page: TikTok does not answer.',
      }),
    },
  },
};
