import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.js';

export const APP = { app_id: '7000000000000000000', secret: 'sandbox-secret' };
export const BERLIN = '7000000000000000001';
export const NEW_YORK = '7000000000000000002';
export const REDIRECT = 'http://127.0.0.1:9/callback';

export const DMP = 'dmp/custom_audience/';

/** What the API answers with. */
export const envelope = z.object({
  code: z.number(),
  message: z.string(),
  request_id: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export type Envelope = z.infer<typeof envelope>;

export const details = z.looseObject({
  audience_id: z.string(),
  name: z.string(),
  cover_num: z.number(),
  is_valid: z.boolean(),
  is_expiring: z.boolean(),
  error_msg: z.string().nullable(),
  create_time: z.string(),
  expired_time: z.string(),
});

const history = z.object({
  action: z.string(),
  action_detail: z.string(),
  editor: z.string(),
  msg: z.string().nullable(),
  opt_time: z.string(),
});

const got = z.object({
  list: z.array(z.object({ audience_details: details, audience_history: z.array(history) })),
});

export const listed = z.object({
  list: z.array(z.looseObject({ audience_id: z.string(), name: z.string(), create_time: z.string() })),
  page_info: z.object({
    page: z.number(),
    page_size: z.number(),
    total_number: z.number(),
    total_page: z.number(),
  }),
});

export const insideAudiences = z.array(
  z.looseObject({
    audience_id: z.string(),
    name: z.string(),
    state: z.string(),
    file_paths: z.array(z.string()),
    members: z.number(),
    matched: z.number(),
    operations: z.array(z.object({ action: z.string(), file_paths: z.array(z.string()), state: z.string() })),
  }),
);

export const calls = z.array(
  z.object({
    time: z.string(),
    method: z.string(),
    endpoint: z.string(),
    outcome: z.union([z.string(), z.number()]),
    code: z.number().nullable(),
    request_id: z.string().nullable(),
  }),
);

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A sandbox of its own for the running test, whose operations are processed at once. */
export async function freshSandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxClient> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const sandbox = await startSandbox({ processingSeconds: 0, minimumMatched: 10, ...options, dataDir });
  onTestFinished(() => sandbox.close().catch(() => {}));
  return new SandboxClient(sandbox.url);
}

/** The same with a token for both advertisers. */
export async function signedInSandbox(options: Partial<SandboxOptions> = {}): Promise<SandboxClient> {
  const client = await freshSandbox(options);
  client.token = await client.signIn();
  return client;
}

export interface UploadChanges {
  readonly advertiser_id?: string;
  readonly calculate_type?: string;
  readonly file_signature?: string;
  readonly fileName?: string;
  readonly leaveOut?: string;
}

/** Speaks to a sandbox as a client of TikTok does: over HTTP, with nothing of its code. */
export class SandboxClient {
  readonly url: string;
  /** For whom it acts where a call does not say otherwise. */
  readonly advertiser: string;
  token: string | null = null;
  /** Ids of the audiences that `create` has made. */
  readonly created: string[] = [];

  constructor(url: string, advertiser = BERLIN) {
    this.url = url;
    this.advertiser = advertiser;
  }

  api(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token !== null) headers.set('Access-Token', this.token);
    return fetch(`${this.url}/open_api/v1.3/${path}`, { ...init, headers });
  }

  async get(path: string, query: Record<string, string> = {}): Promise<Envelope> {
    const response = await this.api(`${path}?${new URLSearchParams(query)}`);
    return envelope.parse(await response.json());
  }

  async post(path: string, body: unknown): Promise<Envelope> {
    const response = await this.api(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return envelope.parse(await response.json());
  }

  uploadForm(content: string | Uint8Array<ArrayBuffer>, changes: UploadChanges = {}): FormData {
    const form = new FormData();
    const fields = {
      advertiser_id: changes.advertiser_id ?? this.advertiser,
      file_signature: changes.file_signature ?? createHash('md5').update(content).digest('hex'),
      calculate_type: changes.calculate_type ?? 'EMAIL_SHA256',
    };
    for (const [name, value] of Object.entries(fields)) {
      if (name !== changes.leaveOut) form.set(name, value);
    }
    if (changes.leaveOut !== 'file') form.set('file', new Blob([content]), changes.fileName ?? 'part-0.csv');
    return form;
  }

  async tryUpload(content: string | Uint8Array<ArrayBuffer>, changes: UploadChanges = {}): Promise<Envelope> {
    const body = this.uploadForm(content, changes);
    return envelope.parse(await (await this.api(`${DMP}file/upload/`, { method: 'POST', body })).json());
  }

  async upload(content: string, changes: UploadChanges = {}): Promise<string> {
    const { data } = await this.tryUpload(content, changes);
    return z.string().parse(data['file_path']);
  }

  tryCreate(filePaths: readonly string[], changes: Record<string, unknown> = {}): Promise<Envelope> {
    return this.post(`${DMP}create/`, {
      advertiser_id: this.advertiser,
      custom_audience_name: 'Spring buyers',
      file_paths: filePaths,
      calculate_type: 'EMAIL_SHA256',
      ...changes,
    });
  }

  async create(filePaths: readonly string[], changes: Record<string, unknown> = {}): Promise<string> {
    const { data } = await this.tryCreate(filePaths, changes);
    const id = z.string().parse(data['custom_audience_id']);
    this.created.push(id);
    return id;
  }

  update(audienceId: string, change: Record<string, unknown>): Promise<Envelope> {
    return this.post(`${DMP}update/`, {
      advertiser_id: this.advertiser,
      custom_audience_id: audienceId,
      ...change,
    });
  }

  async audience(audienceId: string, advertiser_id = this.advertiser) {
    const { data } = await this.get(`${DMP}get/`, {
      advertiser_id,
      custom_audience_ids: JSON.stringify([audienceId]),
    });
    const [found] = got.parse(data).list;
    if (found === undefined) throw new Error('the sandbox does not know this audience');
    return found;
  }

  async list(query: Record<string, string> = {}) {
    const { data } = await this.get(`${DMP}list/`, { advertiser_id: this.advertiser, ...query });
    return listed.parse(data);
  }

  /** The audience as `/_sandbox/audiences` shows it. */
  async inside(audienceId: string) {
    const audiences = insideAudiences.parse(await this.admin('GET', 'audiences'));
    const found = audiences.find((audience) => audience.audience_id === audienceId);
    if (found === undefined) throw new Error('the sandbox does not know this audience');
    return found;
  }

  async calls(endpoint: string) {
    return calls.parse(await this.admin('GET', `calls?${new URLSearchParams({ endpoint })}`));
  }

  async admin(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Where the consent page sends the browser back to. */
  async consent(decision: string, more: Record<string, string> = {}): Promise<URL> {
    const query = new URLSearchParams({
      app_id: APP.app_id,
      redirect_uri: REDIRECT,
      state: 'xyz',
      decision,
      ...more,
    });
    const response = await fetch(`${this.url}/portal/auth?${query}`, { redirect: 'manual' });
    return new URL(response.headers.get('location') ?? '');
  }

  exchange(authCode: string, changes: Record<string, unknown> = {}): Promise<Envelope> {
    return this.post('oauth2/access_token/', { ...APP, auth_code: authCode, ...changes });
  }

  async signIn(decision = 'approve', more: Record<string, string> = {}): Promise<string> {
    const back = await this.consent(decision, more);
    const { data } = await this.exchange(back.searchParams.get('auth_code') ?? '');
    return z.string().parse(data['access_token']);
  }
}

export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** The e-mail address without dots of known person n, for n under 400. */
export function knownEmail(n: number): string {
  const first = [
    'anna',
    'ben',
    'carla',
    'david',
    'elena',
    'felix',
    'grace',
    'hugo',
    'irene',
    'jonas',
    'karin',
    'leo',
  ];
  first.push('maria', 'nils', 'olga', 'paul', 'rosa', 'samuel', 'tessa', 'victor');
  const last = [
    'adler',
    'baker',
    'castro',
    'dubois',
    'evans',
    'fischer',
    'garcia',
    'hansen',
    'ivanov',
    'jensen',
  ];
  last.push('kowalski', 'lopez', 'moreau', 'novak', 'olsen', 'petrov', 'quinn', 'rossi', 'schmidt', 'tanaka');
  return `${first[n % 20]}${last[Math.floor(n / 20)]}0@example.${['com', 'org', 'net'][n % 3]}`;
}

/** A file of type EMAIL_SHA256 with the known people from `from` up to `to`. */
export function emailFile(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `${sha256(knownEmail(from + index))}\n`).join('');
}
