export interface ProblemField {
  /** JSON pointer into the body, or `/name` of a parameter. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemDetails {
  readonly status: number;
  /** Stable, snake_case. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly ProblemField[];
  /** Further members of the problem, as the phase of a run. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refused request (RFC 9457). Thrown anywhere below a route; `problems.ts` answers with it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails, options?: ErrorOptions) {
    super(details.detail, options);
    this.details = details;
  }
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** The body of the answer. */
export function problemBody(details: ProblemDetails): Record<string, unknown> {
  const { code, title, status, detail, errors = [], extra = {} } = details;
  return { type: `urn:activate-audience:problem:${code}`, title, status, detail, code, errors, ...extra };
}

export function notFound(what: string, id: string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`,
  });
}
