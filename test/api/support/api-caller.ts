import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Connection, connection, newConnection } from '../../../src/api/schemas/connection.js';

export const ADVERTISER = '7000000000000000001';
export const SECOND_ADVERTISER = '7000000000000000002';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

const problem = z.looseObject({
  status: z.number(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
});

/** Reads an answer as a problem, and fails when it is none. */
export function problemOf(answer: Answer): z.infer<typeof problem> {
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) {
    throw new Error(`expected a problem, got ${answer.status} ${type}: ${answer.text.slice(0, 500)}`);
  }
  return problem.parse(answer.body);
}

/** Calls an API over HTTP, as a client does. */
export class ApiCaller {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async call(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOrNull(text) };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call(path, { headers });
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call(path, {
      method: 'POST',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** One request of the tus protocol. */
  tus(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Uint8Array<ArrayBuffer> | string,
  ): Promise<Answer> {
    return this.call(path, {
      method,
      headers: { 'tus-resumable': '1.0.0', ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Creates an upload with all of its bytes; gives its id. */
  async upload(content: Uint8Array<ArrayBuffer> | string, filename = 'customers.csv'): Promise<string> {
    const bytes = Buffer.from(content);
    const answer = await this.tus(
      'POST',
      '/v1/uploads',
      {
        'upload-length': String(bytes.length),
        'upload-metadata': `filename ${Buffer.from(filename).toString('base64')}`,
        'content-type': 'application/offset+octet-stream',
      },
      bytes,
    );
    if (answer.status !== 201) throw new Error(`the upload was refused: ${answer.text}`);
    return idOfUpload(answer);
  }

  /** A connection for which somebody signed in at the sandbox. */
  async connect(query: Record<string, string> = {}): Promise<Connection> {
    const created = newConnection.parse(
      (await this.post('/v1/connections', { platform: 'tiktok-customer-file' })).body,
    );
    await this.signIn(created.authorizationUrl, query);
    return connection.parse((await this.get(`/v1/connections/${created.id}`)).body);
  }

  /** Presses a button of the consent page and follows it back to the API. */
  async signIn(authorizationUrl: string, query: Record<string, string> = {}): Promise<Answer> {
    const back = await consent(authorizationUrl, query);
    return this.get(back.pathname + back.search);
  }

  async untilReady(): Promise<void> {
    await until(async () => {
      const { body } = await this.get('/readyz');
      return readyz.parse(body).dependencies.database.ready;
    });
  }
}

const readyz = z.object({ dependencies: z.object({ database: z.object({ ready: z.boolean() }) }) });

/** Where the consent page sends the browser back to. */
export async function consent(authorizationUrl: string, query: Record<string, string> = {}): Promise<URL> {
  const url = new URL(authorizationUrl);
  for (const [name, value] of Object.entries({ decision: 'approve', ...query }))
    url.searchParams.set(name, value);
  const response = await fetch(url, { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? '');
}

export function idOfUpload(answer: Answer): string {
  return (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';
}

/** Waits for something that happens by itself soon. */
export async function until(condition: () => Promise<boolean> | boolean, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen');
    await delay(20);
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
