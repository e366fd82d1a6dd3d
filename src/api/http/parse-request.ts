import express, { type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { Problem } from './problem.js';
import { zodFields } from './zod-fields.js';

/** Reads JSON bodies, up to the size that every request of this API stays far below. */
const readJson = express.json({ limit: '1mb', strict: false });

/** Refuses a body of another type, then reads it. An empty body counts as `{}` where `optional`. */
export function jsonBody(options: { readonly optional?: boolean } = {}): RequestHandler {
  return (request, response, next) => {
    const empty =
      request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
    if (options.optional === true && (empty || request.headers['content-length'] === '0')) {
      request.body = {};
      next();
      return;
    }
    if (!request.is('json')) {
      next(unsupportedMediaType('application/json'));
      return;
    }
    readJson(request, response, next);
  };
}

export function unsupportedMediaType(wanted: string): Problem {
  return new Problem({
    status: 415,
    code: 'unsupported_media_type',
    title: 'The body has the wrong type',
    detail: `Send the body as ${wanted}, and say so in the header Content-Type.`,
    headers: { accept: wanted },
  });
}

/** A body that was read as JSON. Throws a 422 problem with a pointer to each mistake. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Problem({
    status: 422,
    code: 'invalid_request',
    title: 'The request is not valid',
    detail: 'Correct what is listed in "errors".',
    errors: zodFields(parsed.error),
  });
}

/** Parameters of the query. One that does not fit is 400, unlike a body that was understood and does not fit (422). */
export function parseQuery<S extends z.ZodType>(schema: S, request: Request): z.output<S> {
  const parsed = schema.safeParse(request.query);
  if (parsed.success) return parsed.data;
  throw new Problem({
    status: 400,
    code: 'invalid_query',
    title: 'A parameter of the address is not valid',
    detail: 'Correct what is listed in "errors".',
    errors: zodFields(parsed.error),
  });
}

/** A parameter of the path, as `:id`. */
export function pathParameter(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}
