import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { answers, answersOther, pages } from './responses.js';

const tags = ['Service'];
const token = z.object({ token: z.string() });
const pathId = z.object({ id: z.string() });
const dependency = z.object({ ready: z.boolean(), detail: z.string().nullable() });
const readiness = z.object({
  ready: z.boolean(),
  draining: z.boolean(),
  dependencies: z.object({ database: dependency, temporal: dependency, storage: dependency }),
});

const KEY_PAGE = 'A page that asks for a key.';
const REFUSED_INVITATION = {
  400: 'A page: the link is not whole, or not of this server.',
  410: 'A page: the link was used or has expired.',
};

export const servicePaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: {
      tags,
      summary: 'The process is alive',
      responses: answers(200, 'It is.', z.object({ status: z.literal('ok') })),
    },
  },
  '/readyz': {
    get: {
      tags,
      summary: 'Each dependency',
      responses: {
        ...answers(200, 'All of them are ready.', readiness),
        503: { description: 'One is not.', content: { 'application/json': { schema: readiness } } },
      },
    },
  },
  '/metrics': {
    get: {
      tags,
      summary: 'Metrics for Prometheus',
      responses: answersOther(200, 'In its text format.', { 'text/plain': { schema: { type: 'string' } } }),
    },
  },
  '/openapi.json': {
    get: { tags, summary: 'This document', responses: answers(200, 'OpenAPI 3.1.', z.looseObject({})) },
  },
  '/activations/{id}': {
    get: {
      tags,
      summary: 'A run, as a page for people',
      requestParams: { path: pathId },
      responses: pages({ 200: 'A page.', 401: KEY_PAGE }),
    },
  },
  '/connections/{id}/sign-in': {
    get: {
      tags,
      summary: 'To the sign-in at TikTok, for links in messages',
      requestParams: { path: pathId },
      responses: { ...answersOther(303, 'To TikTok.'), ...pages({ 401: KEY_PAGE }) },
    },
  },
  '/invitation': {
    get: {
      tags,
      summary: 'What somebody reads who was invited to sign in at TikTok; needs no key',
      requestParams: { query: token },
      responses: pages({ 200: 'A page.', ...REFUSED_INVITATION }),
    },
  },
  '/invitation/sign-in': {
    get: {
      tags,
      summary: 'From there to the sign-in at TikTok',
      requestParams: { query: token },
      responses: { ...answersOther(303, 'To TikTok.'), ...pages(REFUSED_INVITATION) },
    },
  },
  '/session': {
    post: {
      tags,
      summary: 'Lets a browser see pages after a person has typed a key',
      requestBody: {
        content: {
          'application/x-www-form-urlencoded': { schema: z.object({ key: z.string(), to: z.string() }) },
        },
      },
      responses: pages({
        200: 'A page, with a cookie that is good for reading, for 12 hours.',
        401: 'The page that asks for a key, as this is none.',
      }),
    },
  },
  '/docs': {
    get: {
      tags,
      summary: 'This document for people',
      responses: pages({ 200: 'A page.' }),
    },
  },
  '/docs/{file}': {
    get: {
      tags,
      summary: 'A file of that page',
      requestParams: { path: z.object({ file: z.string() }) },
      responses: answersOther(200, 'The file.'),
    },
  },
};
