import type { z } from 'zod';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { problem } from '../schemas/problem.js';

/** The answer to a refused request, which every route can give. */
export const PROBLEM = {
  description: 'A problem (RFC 9457). `code` tells which.',
  content: { 'application/problem+json': { schema: problem } },
};

/** The answer that is hoped for, and the problems that every route can answer with. */
export function answers(
  status: 200 | 201 | 202,
  description: string,
  schema: z.ZodType,
): ZodOpenApiResponsesObject {
  return { [status]: { description, content: { 'application/json': { schema } } }, default: PROBLEM };
}

type PageStatus = 200 | 400 | 401 | 410 | 500 | 503;

/** Answers that are pages for people; what each says, by status. */
export function pages(said: Readonly<Partial<Record<PageStatus, string>>>): ZodOpenApiResponsesObject {
  const content = { 'text/html': { schema: { type: 'string' as const } } };
  const responses = Object.entries(said).map(([status, description]) => [status, { description, content }]);
  return { ...Object.fromEntries(responses), default: PROBLEM };
}

/** An answer without JSON. */
export function answersOther(
  status: 200 | 201 | 204 | 303,
  description: string,
  content: Readonly<Record<string, { schema: { type: 'string' } }>> = {},
): ZodOpenApiResponsesObject {
  return {
    [status]: { description, ...(Object.keys(content).length === 0 ? {} : { content }) },
    default: PROBLEM,
  };
}
