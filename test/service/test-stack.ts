import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Activation } from '../../src/api/schemas/activation.js';
import type { Connection, NewConnection } from '../../src/api/schemas/connection.js';
import { makePassable } from '../../src/local/data-folder.js';
import { type Stack, startStack } from '../../src/local/stack.js';
import { BUILT_PROGRAMS, type Programs } from '../../src/local/stack-services.js';
import { removeThrowAwayFolder } from '../../src/local/throw-away-folder.js';
import { replayAllRuns } from '../support/replay.js';
import { unexplainedFailures } from './unexplained-failures.js';

export const ADVERTISER = '7000000000000000001';

/** The whole product as `npm start` runs it, in a folder of its own, and the few calls that stories are made of. */
export interface TestStack {
  readonly stack: Stack;
  readonly folder: string;
  readonly api: string;
  readonly sandbox: string;
  /** What a person at the terminal reads, each line with the name of its service. */
  readonly said: readonly string[];
  /**
   * Signs in at the sandbox's TikTok and returns the connection, a new one unless one is given.
   *
   * @param advertiserId the only one that is granted; all of them unless given
   */
  connect(existing?: string, advertiserId?: string): Promise<string>;
  upload(content: string | Uint8Array): Promise<string>;
  activate(request: object, headers?: Record<string, string>): Promise<Activation>;
  activation(id: string): Promise<Activation>;
  /** Asks until the activation is as wanted; fails at once when the run ends otherwise. */
  until(id: string, wanted: (activation: Activation) => boolean): Promise<Activation>;
  get<T>(path: string): Promise<T>;
  post(path: string, body?: object): Promise<Response>;
  /** The sandbox's pages for tests, below `/_sandbox/`. */
  admin<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
  /**
   * Replays what the runs did, so that each test also shows that another worker could have gone on; ends the stack; fails
   * when its programs met what nobody had thought of.
   */
  stop(): Promise<void>;
}

export interface SandboxAudience {
  readonly audience_id: string;
  readonly name: string;
  readonly state: string;
  readonly file_paths: readonly string[];
  readonly members: number;
  readonly matched: number;
}

/** A file of so many customers, each with an e-mail address of its own. */
export function customers(count: number): string {
  return ['email', ...Array.from({ length: count }, (_, row) => `customer.${row}@example.com`), ''].join(
    '\n',
  );
}

/**
 * @param programs what runs as API, worker and sandbox; the built ones unless given
 * @param folder of an earlier stack; a new one unless given
 */
export async function startTestStack(
  environment: Record<string, string> = {},
  { programs = BUILT_PROGRAMS, folder = newFolder() }: { programs?: Programs; folder?: string } = {},
): Promise<TestStack> {
  const said: string[] = [];
  const stack = await startStack({
    dataDir: folder,
    // Files of tests have many small parts.
    environment: { PATH: process.env['PATH'] ?? '', TIKTOK_RATE_LEVEL: 'ultimate', ...environment },
    programs,
    say: (text, service = 'stack') => said.push(`${service}: ${text}`),
  });
  // A run that is interrupted is not torn down.
  const endAtOnce = () => stack.kill();
  process.once('exit', endAtOnce);
  const { api, sandbox } = stack.addresses;

  const get = async <T>(path: string): Promise<T> => answer<T>(await fetch(`${api}${path}`));
  const post = (path: string, body?: object) => fetch(`${api}${path}`, json('POST', body));
  const activation = (id: string) => get<Activation>(`/v1/activations/${id}`);

  return {
    stack,
    folder,
    api,
    sandbox,
    said,
    get,
    post,
    activation,
    async connect(existing, advertiserId) {
      const path = existing === undefined ? '/v1/connections' : `/v1/connections/${existing}/authorizations`;
      const body = existing === undefined ? { platform: 'tiktok-customer-file' } : undefined;
      const begun = await answer<NewConnection>(await post(path, body));
      const granted = advertiserId === undefined ? '' : `&advertiser=${advertiserId}`;
      // The page is TikTok's, and a story may have silenced the line to it.
      const landing = await fetch(`${begun.authorizationUrl}&decision=approve${granted}`, {
        signal: AbortSignal.timeout(60_000),
      });
      if (!landing.ok) throw new Error(`the sign-in ended with ${landing.status}: ${await landing.text()}`);
      const id = existing ?? begun.id;
      const connection = await get<Connection>(`/v1/connections/${id}`);
      if (connection.status !== 'configured') throw new Error(`the connection is ${connection.status}`);
      return id;
    },
    async upload(content) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const response = await fetch(`${api}/v1/uploads`, {
        method: 'POST',
        headers: {
          'Tus-Resumable': '1.0.0',
          'Upload-Length': String(bytes.length),
          'Content-Type': 'application/offset+octet-stream',
        },
        body: Buffer.from(bytes),
      });
      const location = response.headers.get('Location');
      if (response.status !== 201 || location === null) {
        throw new Error(`the upload was refused with ${response.status}: ${await response.text()}`);
      }
      return location.slice(location.lastIndexOf('/') + 1);
    },
    async activate(request, headers = {}) {
      const init = json('POST', request);
      return answer<Activation>(
        await fetch(`${api}/v1/activations`, { ...init, headers: { ...init.headers, ...headers } }),
      );
    },
    async until(id, wanted) {
      for (const since = Date.now(); ; ) {
        // The API itself may be down for a moment in some stories.
        const now = await activation(id).catch(() => null);
        if (now !== null && wanted(now)) return now;
        if (now?.finishedAt != null) {
          throw new Error(`the run ended as ${now.phase}: ${JSON.stringify(now.failure ?? now.attention)}`);
        }
        // Often at first, when much happens; looks that come to nothing would slow down what is looked at.
        await new Promise((resolve) => setTimeout(resolve, Math.min(50 + (Date.now() - since) / 20, 250)));
      }
    },
    async admin(method, path, body) {
      return answer(await fetch(`${sandbox}/_sandbox/${path}`, json(method, body)));
    },
    async stop() {
      try {
        await replayAllRuns(stack.addresses.temporalAddress);
      } finally {
        await stack.stop();
        process.off('exit', endAtOnce);
      }
      const unexplained = unexplainedFailures(folder);
      removeThrowAwayFolder(folder);
      if (unexplained.length > 0) throw new Error(unexplained.join('\n'));
    },
  };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'activate-audience-service-'));
  makePassable(folder);
  return folder;
}

function json(
  method: string,
  body: object | undefined,
): { method: string; headers: Record<string, string>; body?: string } {
  return body === undefined
    ? { method, headers: {} }
    : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return text === '' ? (undefined as T) : JSON.parse(text);
}
