import { EXIT, type ExitCode } from './exit-codes.js';

/** The command line asks for something that cannot be done; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Nothing answers at the API's address, or what answers is not this API. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}

/** An RFC 9457 problem, as the API answers every refused request. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: string | null;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
}

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** Statuses with which the API says that the request itself has to change. */
const BAD_REQUEST_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 413, 415, 422]);

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.badUsage;
  if (error instanceof ApiProblem && BAD_REQUEST_STATUSES.has(error.problem.status)) return EXIT.badUsage;
  return EXIT.failed;
}

/** The lines that tell a person about an error. */
export function describeError(error: unknown): string[] {
  if (error instanceof ApiProblem) return describeProblem(error.problem);
  return [error instanceof Error ? error.message : String(error)];
}

function describeProblem(problem: Problem): string[] {
  const lines = [problem.title];
  if (problem.detail !== '') lines.push(problem.detail);
  for (const { pointer, detail } of problem.errors) {
    lines.push(pointer === '' ? `  ${detail}` : `  ${pointer}: ${detail}`);
  }
  if (problem.status === 401)
    lines.push('Set the environment variable ACTIVATE_API_KEY to a key of this API.');
  return lines;
}

/** Reads a body of `application/problem+json`; null when the text is something else. */
export function parseProblem(status: number, text: string): Problem | null {
  const body = parseObject(text);
  if (body === null || typeof body['title'] !== 'string') return null;
  const errors = Array.isArray(body['errors']) ? body['errors'] : [];
  return {
    status,
    title: body['title'],
    detail: typeof body['detail'] === 'string' ? body['detail'] : '',
    code: typeof body['code'] === 'string' ? body['code'] : null,
    errors: errors.filter(isFieldError),
  };
}

function isFieldError(value: unknown): value is { pointer: string; detail: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pointer' in value &&
    typeof value.pointer === 'string' &&
    'detail' in value &&
    typeof value.detail === 'string'
  );
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
