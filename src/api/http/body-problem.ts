import type { ProblemDetails } from './problem.js';

/** What the JSON body parser refused; null for an error that is not its. Its own messages quote the body. */
export function bodyProblem(error: unknown): ProblemDetails | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')) {
    return malformed('The body could not be unpacked as its Content-Encoding says.');
  }
  if (!('type' in error)) return null;
  switch (error.type) {
    case 'entity.parse.failed':
      return malformed('The body could not be read as JSON.');
    case 'entity.too.large':
    case 'parameters.too.many':
      return {
        status: 413,
        code: 'body_too_large',
        title: 'The body is too large',
        detail: 'JSON may have at most 1 MB, and a form of a page 10 kB. Files are uploaded to /v1/uploads.',
      };
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return {
        status: 415,
        code: 'unsupported_media_type',
        title: 'The body is in an encoding that is not understood',
        detail: 'Send JSON in UTF-8, plain or compressed with gzip, deflate or br.',
      };
    case 'request.aborted':
    case 'request.size.invalid':
      return {
        status: 400,
        code: 'body_incomplete',
        title: 'The body is not complete',
        detail: 'The body ended before its announced length.',
      };
    default:
      return null;
  }
}

function malformed(detail: string): ProblemDetails {
  return { status: 400, code: 'malformed_json', title: 'The body is not JSON', detail };
}
