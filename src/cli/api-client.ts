import { ApiProblem, ApiUnreachable, parseProblem } from './errors.js';

/** A page of one of the API's lists. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

export interface ApiAddress {
  /** Without a slash at the end, as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`; the API asks for one beyond loopback. */
  readonly apiKey?: string | undefined;
}

/** Calls of the HTTP API. Every method throws ApiProblem for a refusal and ApiUnreachable without an answer. */
export interface ApiClient {
  readonly url: string;
  readonly authorization: Readonly<Record<string, string>>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  /** The answer itself, its body unread: event streams and reports of any length. */
  open(path: string, init?: OpenInit): Promise<Response>;
}

export interface OpenInit {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export function createApiClient({ url, apiKey }: ApiAddress): ApiClient {
  const authorization: Readonly<Record<string, string>> =
    apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

  async function open(path: string, init: OpenInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, { ...init, headers: { ...authorization, ...init.headers } });
    } catch (error) {
      throw unreachable(url, error);
    }
    if (!response.ok) throw await refusal(url, response);
    return response;
  }

  async function call<T>(path: string, init: OpenInit): Promise<T> {
    const response = await open(path, init);
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      throw unreachable(url, error);
    }
    if (text === '') return undefined as T;
    try {
      // The shape is the contract of `/v1`, which client and server take from the same types.
      return JSON.parse(text) as T;
    } catch {
      throw new ApiUnreachable(
        `What answers at ${url} is not the API of Activate Audience: its answer is not JSON.`,
      );
    }
  }

  return {
    url,
    authorization,
    open,
    get: (path) => call(path, {}),
    post: (path, body, headers) =>
      call(path, {
        method: 'POST',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** All pages of a list, in the API's order. */
export async function readAll<T>(api: ApiClient, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await api.get(
      cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`,
    );
    items.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

function unreachable(url: string, error: unknown): ApiUnreachable {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new ApiUnreachable(
    `No API answers at ${url} (${cause}). Start one with \`npm start\`, or name another with --api or ACTIVATE_API.`,
    { cause: error },
  );
}

async function refusal(url: string, response: Response): Promise<Error> {
  const text = await response.text().catch(() => '');
  const problem = parseProblem(response.status, text);
  if (problem !== null) return new ApiProblem(problem);
  return new ApiProblem({
    status: response.status,
    title: `${url} answered ${response.status} ${response.statusText}`.trimEnd(),
    detail: 'The answer is not a problem of this API: something else may listen there, or stand in between.',
    code: null,
    errors: [],
  });
}
