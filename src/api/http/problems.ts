import type { ErrorRequestHandler, Response } from 'express';
import { AdvertiserGoneError } from '../../connections/advertiser-gone-error.js';
import { ConnectionUnusableError } from '../../connections/connection-unusable-error.js';
import { CustomerFileError } from '../../customer-file/customer-file-error.js';
import { isDatabaseDown } from '../../database/database-down.js';
import type { Logger } from '../../logger.js';
import { StorageError } from '../../storage/object-store.js';
import { TikTokError } from '../../tiktok/errors.js';
import { bodyProblem } from './body-problem.js';
import { PROBLEM_CONTENT_TYPE, Problem, type ProblemDetails, problemBody } from './problem.js';
import { textProblem } from './text-problem.js';

const RETRY_SOON = { 'retry-after': '5' };

/** The one table from errors to answers. What is not in it is our own fault and tells nothing of the inside. */
export function toProblem(error: unknown): ProblemDetails {
  if (error instanceof Problem) return error.details;
  if (error instanceof CustomerFileError) {
    return {
      status: 422,
      code: error.code,
      title: 'The file cannot be activated like this',
      detail: error.message,
      extra: {
        ...(error.line === undefined ? {} : { line: error.line }),
        ...(error.column === undefined ? {} : { column: error.column }),
      },
    };
  }
  if (error instanceof ConnectionUnusableError) {
    const { code, title, detail } = error.attention;
    return { status: 409, code, title, detail };
  }
  if (error instanceof AdvertiserGoneError) {
    return {
      status: 409,
      code: error.code,
      title: 'TikTok no longer knows the ad account',
      detail: error.message,
    };
  }
  if (error instanceof StorageError) return storageProblem(error);
  if (error instanceof TikTokError) return tiktokProblem(error);
  if (isDatabaseDown(error)) {
    return {
      status: 503,
      code: 'database_unavailable',
      title: 'The database does not answer',
      detail: 'Try again in some seconds. /readyz tells which parts of the system are up.',
      headers: RETRY_SOON,
    };
  }
  return (
    bodyProblem(error) ??
    textProblem(error) ?? {
      status: 500,
      code: 'internal_error',
      title: 'Something went wrong here',
      detail: 'The request is not to blame. The cause is in the log of the server.',
    }
  );
}

function storageProblem(error: StorageError): ProblemDetails {
  if (error.code === 'full') {
    return {
      status: 507,
      code: 'storage_full',
      title: 'No space is left',
      detail: 'The server has no space for this. Free some, or store elsewhere, and try again.',
    };
  }
  return {
    status: 503,
    code: 'storage_unavailable',
    title: 'The storage does not answer',
    detail: 'Try again in some seconds. /readyz tells which parts of the system are up.',
    headers: RETRY_SOON,
  };
}

function tiktokProblem(error: TikTokError): ProblemDetails {
  switch (error.class) {
    case 'rate_limit': {
      const seconds = Math.max(1, Math.ceil((error.details.wait?.waitMs ?? 0) / 1_000));
      return {
        status: 503,
        code: 'tiktok_rate_limit',
        title: "TikTok's rate limit is reached",
        detail: `TikTok allows no more calls just now. Try again in ${seconds} s.`,
        headers: { 'retry-after': String(seconds) },
      };
    }
    case 'transient':
      return {
        status: 503,
        code: 'tiktok_unavailable',
        title: 'TikTok does not answer',
        detail: 'TikTok failed just now. Try again in a minute.',
        headers: { 'retry-after': '60' },
      };
    case 'reauthorize':
    case 'permission':
    case 'not_editable':
    case 'file':
    case 'invalid':
      return {
        status: 502,
        code: 'tiktok_refused',
        title: 'TikTok refused the request',
        detail: `${error.message} ${error.details.advice}`,
        extra: { requestId: error.details.requestId },
      };
  }
}

export function sendProblem(response: Response, details: ProblemDetails): void {
  response
    .status(details.status)
    .set(details.headers ?? {})
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(problemBody(details)));
}

/** The last handler of the app. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    // Whoever asked is gone: there is nobody to answer, and nothing of ours failed.
    if (response.destroyed) return;
    const details = toProblem(error);
    if (details.status >= 500 || response.headersSent)
      logger.error({ err: error, code: details.code }, 'a request failed');
    if (response.headersSent) {
      // Half an answer is out: only a broken connection tells the client that it is not whole. Express would break it
      // too, but writes the error to stderr as it is, with all that the log leaves out.
      response.destroy();
      return;
    }
    sendProblem(response, details);
  };
}
