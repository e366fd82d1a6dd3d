import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import { ENDPOINTS } from './endpoints.js';

/** A request to `/_sandbox` that makes no sense; the message says what to change. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}

/** @throws AdminError with all that is wrong */
export function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw new AdminError(z.prettifyError(parsed.error));
  return parsed.data;
}

/** An endpoint as the faults know it, from a path with or without its base. */
export function endpointName(text: string): string {
  const name = text.replace(/^\/?(open_api\/v1\.3\/)?/, '');
  if (name !== '*' && !ENDPOINTS.has(name)) {
    throw new AdminError(`endpoint: must be * or one of ${[...ENDPOINTS.keys()].join(', ')}`);
  }
  return name;
}

/** What a form's text stands for: a number, `true`, `false`, `null` or a JSON object; longer digits are an id. */
export function formValue(text: string): unknown {
  if (/^\d{1,12}(\.\d+)?$/.test(text) || /^(true|false|null)$/.test(text) || text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

const formBody = z.record(z.string(), z.string());

/**
 * Lets the page's forms use the routes for programs: a form's fields become the JSON body, empty ones left out, its field
 * `_method` the method, and the answer a way back to the page, to the place named by `_back`.
 */
export function formsAsJson(request: Request, response: Response, next: NextFunction): void {
  if (!request.is('application/x-www-form-urlencoded')) {
    next();
    return;
  }
  const { _method, _back, ...fields } = parse(formBody, request.body);
  request.method = _method ?? request.method;
  request.body = Object.fromEntries(
    Object.entries(fields)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => [name, formValue(text)]),
  );
  response.locals['back'] = `/_sandbox${_back === undefined ? '' : `#${encodeURIComponent(_back)}`}`;
  next();
}

/** Answers a program with JSON, a form with the way back to the page. */
export function reply(response: Response, body: unknown, status = 200): void {
  const { back } = response.locals;
  if (typeof back === 'string') response.redirect(303, back);
  else response.status(status).json(body);
}
