import type { IncomingMessage } from 'node:http';
import type { LateFault } from './fault.js';
import { refusals } from './invented.js';
import type { RequiredScope } from './scopes.js';
import type { Token } from './state-schema.js';
import type { World } from './world.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A call that passed token, permission and rate. */
export interface ApiCall {
  readonly endpoint: Endpoint;
  readonly request: IncomingMessage;
  /** Null for an endpoint that gives tokens out. */
  token: Token | null;
  /** The fault that it meets when it is done; one that is limited to an advertiser is known only once he is. */
  fault: LateFault | undefined;
}

/** One endpoint of the Business API. */
export interface Endpoint {
  /** Below `/open_api/v1.3/`, with its closing slash. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** `none`: no token is asked for; `token`: any living one; else the permission that it needs. */
  readonly access: 'none' | 'token' | RequiredScope;
  /** The answer's fields stand beside `code`, not in `data`. */
  readonly answersAtTopLevel?: true;
  /** Makes the `data` of the answer. Throws `Refusal` or `FaultMet`. What it changed is saved when it returns. */
  readonly handle: (call: ApiCall, world: World) => Promise<object>;
}

/** More than 10,000 users of `segment/mapping/` take. */
const MOST_JSON_BYTES = 16 * 1024 * 1024;

/** The query's parameters; of one given twice, the last. */
export function queryFields(request: IncomingMessage): Fields {
  return Object.fromEntries(new URL(request.url ?? '/', 'http://sandbox').searchParams);
}

/**
 * The JSON object of the body.
 *
 * @throws Refusal 40002 for anything else, or more than 16 MB
 */
export async function jsonFields(request: IncomingMessage): Promise<Fields> {
  return parseJsonObject(await bodyText(request));
}

/**
 * The fields of a form or of a JSON object, as the body's type says.
 *
 * @throws Refusal 40002 as `jsonFields`
 */
export async function formFields(request: IncomingMessage): Promise<Fields> {
  const text = await bodyText(request);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? Object.fromEntries(new URLSearchParams(text)) : parseJsonObject(text);
}

async function bodyText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MOST_JSON_BYTES) chunks.push(bytes);
  }
  if (size > MOST_JSON_BYTES) throw refusals.notJson();
  return Buffer.concat(chunks).toString('utf8');
}

function parseJsonObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusals.notJson();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusals.notJson();
  return { ...value };
}
