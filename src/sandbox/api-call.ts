import type { IncomingMessage } from 'node:http';
import { refusals } from './invented.js';
import type { RequiredScope } from './scopes.js';
import type { Token } from './state.js';
import type { World } from './world.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A call that passed token, permission and rate. */
export interface ApiCall {
  readonly endpoint: Endpoint;
  readonly request: IncomingMessage;
  /** Null for the endpoint that gives tokens out. */
  readonly token: Token | null;
}

/** One endpoint of the Business API. */
export interface Endpoint {
  /** Below `/open_api/v1.3/`, with its closing slash. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** `none`: no token is asked for; `token`: any living one; else the permission that it needs. */
  readonly access: 'none' | 'token' | RequiredScope;
  /** Makes the `data` of the answer. Throws `Refusal`. What it changed is saved when it returns. */
  readonly handle: (call: ApiCall, world: World) => Promise<object>;
}

const MOST_JSON_BYTES = 1024 * 1024;

/** The query's parameters; of one given twice, the last. */
export function queryFields(request: IncomingMessage): Fields {
  return Object.fromEntries(new URL(request.url ?? '/', 'http://sandbox').searchParams);
}

/**
 * The JSON object of the body.
 *
 * @throws Refusal 40002 for anything else, or more than a megabyte
 */
export async function jsonFields(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MOST_JSON_BYTES) chunks.push(bytes);
  }
  if (size > MOST_JSON_BYTES) throw refusals.notJson();
  return parseJsonObject(Buffer.concat(chunks).toString('utf8'));
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
