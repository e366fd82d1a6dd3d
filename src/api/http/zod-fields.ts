import type { ZodError } from 'zod';
import { looksLikeValue } from '../../customer-file/identifiers/looks-like-value.js';
import type { ProblemField } from './problem.js';

/** What a schema found wrong, as fields of a problem. Names that may be somebody's data are not repeated. */
export function zodFields(error: ZodError): ProblemField[] {
  return error.issues.map((issue) => ({
    pointer: issue.path.map((segment) => `/${escapePointer(shown(String(segment)))}`).join(''),
    detail: looksLikeValue(issue.message) ? 'is not valid' : issue.message,
  }));
}

function shown(segment: string): string {
  return looksLikeValue(segment) ? '*' : segment;
}

/** RFC 6901: `~` is written `~0` and `/` is written `~1`. */
function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}
