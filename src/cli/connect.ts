import { setTimeout as delay } from 'node:timers/promises';
import type { Authorization, Connection, NewConnection } from '../api/schemas/connection.js';
import { type ApiClient, readAll } from './api-client.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { Output } from './output.js';
import { PROGRAM } from './program-name.js';

const POLL_MILLISECONDS = 1000;

export interface ConnectOptions {
  /** Sign in again for this connection. Default: the only one that waits for a sign-in, else a new one. */
  readonly connection?: string | undefined;
  /** For a new connection. */
  readonly name?: string | undefined;
  /** Who asks somebody else, who has the rights at TikTok, to sign in. */
  readonly inviteFrom?: string | undefined;
  /** Shows the page to the person who signs in; null where there is no browser. */
  readonly openBrowser: ((url: string) => void) | null;
}

export interface ConnectResult {
  readonly exitCode: ExitCode;
  /** An invitation comes with its link and its end. */
  readonly connection: Connection | NewConnection;
}

/** Leads a person through the sign-in at TikTok and waits until the API has the authorization. */
export async function connect(
  api: ApiClient,
  options: ConnectOptions,
  output: Output,
): Promise<ConnectResult> {
  const { before, authorizationUrl, expiresAt } = await startSignIn(api, options);
  // An invitation is for somebody else, at some other time.
  if (options.inviteFrom !== undefined) {
    output.say('Send this address to the person who has the rights at TikTok. It works once:');
    output.say();
    output.say(`  ${authorizationUrl}`);
    output.say();
    output.say(`It is valid until ${expiresAt}.`);
    return {
      exitCode: EXIT.waitsForPerson,
      connection: { ...before, authorizationUrl, expiresAt },
    };
  }
  output.ask('Sign in with TikTok and allow the access on this page:');
  output.say();
  output.ask(`  ${authorizationUrl}`);
  output.say();
  options.openBrowser?.(authorizationUrl);
  output.live({ label: 'Waiting for the sign-in', fraction: null, detail: `until ${expiresAt}` });
  for (;;) {
    const connection = await api.get<Connection>(connectionPath(before.id));
    if (connection.status === 'configured' && connection.authorizedAt !== before.authorizedAt) {
      for (const line of describeConnection(connection)) output.say(line);
      return { exitCode: EXIT.completed, connection };
    }
    if (Date.now() >= new Date(expiresAt).getTime()) {
      output.complain(`Nobody signed in before the page expired. For a new one: ${PROGRAM} connect`);
      return { exitCode: EXIT.waitsForPerson, connection };
    }
    await delay(POLL_MILLISECONDS);
  }
}

interface SignIn extends Authorization {
  readonly before: Connection;
}

async function startSignIn(
  api: ApiClient,
  { connection, name, inviteFrom }: ConnectOptions,
): Promise<SignIn> {
  const known = connection ?? (name === undefined ? await onlyOneWaiting(api) : undefined);
  if (known === undefined) {
    const body = { platform: 'tiktok-customer-file', ...(name === undefined ? {} : { name }) };
    const created = await api.post<NewConnection>('/v1/connections', body);
    const { authorizationUrl, expiresAt, ...before } = created;
    if (inviteFrom === undefined) return { before, authorizationUrl, expiresAt };
    return { before, ...(await authorizationOf(api, created.id, inviteFrom)) };
  }
  const before = await api.get<Connection>(connectionPath(known));
  return { before, ...(await authorizationOf(api, known, inviteFrom)) };
}

function authorizationOf(api: ApiClient, id: string, inviteFrom: string | undefined): Promise<Authorization> {
  const path = `${connectionPath(id)}/authorizations`;
  return inviteFrom === undefined
    ? api.post<Authorization>(path)
    : api.post<Authorization>(path, { invitation: { from: inviteFrom } });
}

/** So that a sign-in that was left half-way does not leave a connection behind at each try. */
async function onlyOneWaiting(api: ApiClient): Promise<string | undefined> {
  const connections = await readAll<Connection>(api, '/v1/connections');
  const [only, ...others] = connections.filter(
    ({ status }) => status === 'not_configured' || status === 'needs_reauthorization',
  );
  return others.length === 0 ? only?.id : undefined;
}

function describeConnection({ id, authorizedBy, advertisers, attention }: Connection): string[] {
  const by = authorizedBy === null ? '' : ` by ${authorizedBy}`;
  return [
    `Connected${by}: ${id}. It may act for:`,
    ...advertisers.map((advertiser) => {
      const used = advertiser.audiences === null ? '' : `, ${advertiser.audiences} of 400 audiences used`;
      const readOnly = advertiser.canWrite === false ? ', audiences cannot be changed' : '';
      return `  ${advertiser.id}  ${advertiser.name}${used}${readOnly}`;
    }),
    ...(attention === null ? [] : [`${attention.title}: ${attention.detail}`]),
  ];
}

function connectionPath(id: string): string {
  return `/v1/connections/${encodeURIComponent(id)}`;
}
