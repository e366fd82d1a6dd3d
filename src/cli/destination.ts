import type { Connection } from '../api/schemas/connection.js';
import { type ApiClient, readAll } from './api-client.js';
import { UsageError } from './errors.js';
import { PROGRAM } from './program-name.js';

/** Where an activation goes: one authorization and one of the ad accounts that it may act for. */
export interface Destination {
  readonly connectionId: string;
  readonly advertiserId: string;
}

/** Takes what the flags name, and otherwise the only choice there is; more than one choice is listed, not guessed. */
export async function chooseDestination(
  api: ApiClient,
  wanted: { readonly connection?: string | undefined; readonly advertiser?: string | undefined },
): Promise<Destination> {
  const connection = await chooseConnection(api, wanted.connection, wanted.advertiser);
  const { advertisers } = connection;
  if (wanted.advertiser !== undefined) {
    if (!advertisers.some(({ id }) => id === wanted.advertiser)) {
      throw new UsageError(
        `The connection ${connection.id} may not act for the advertiser ${wanted.advertiser}. ${listAdvertisers(connection)}`,
      );
    }
    return { connectionId: connection.id, advertiserId: wanted.advertiser };
  }
  const [only, ...others] = advertisers;
  if (only === undefined) {
    throw new UsageError(
      `The connection ${connection.id} may act for no advertiser. Sign in again: ${PROGRAM} connect ${connection.id}`,
    );
  }
  if (others.length > 0)
    throw new UsageError(`Choose an advertiser with --advertiser. ${listAdvertisers(connection)}`);
  return { connectionId: connection.id, advertiserId: only.id };
}

async function chooseConnection(
  api: ApiClient,
  wanted: string | undefined,
  advertiser: string | undefined,
): Promise<Connection> {
  if (wanted !== undefined) return api.get<Connection>(`/v1/connections/${encodeURIComponent(wanted)}`);
  const connections = await readAll<Connection>(api, '/v1/connections');
  const configured = connections.filter(({ status }) => status === 'configured');
  if (configured.length === 0) throw new UsageError(noConnection(connections));
  const able = advertiser === undefined ? [] : configured.filter((one) => actsFor(one, advertiser));
  const [only, ...others] = able.length > 0 ? able : configured;
  if (only === undefined || others.length > 0) {
    throw new UsageError(`Choose a connection with --connection: ${configured.map(describe).join('; ')}.`);
  }
  return only;
}

function noConnection(connections: readonly Connection[]): string {
  const lapsed = connections.find(({ status }) => status === 'needs_reauthorization');
  return lapsed === undefined
    ? `No TikTok account is connected yet. Connect one: ${PROGRAM} connect`
    : `The connection ${describe(lapsed)} needs a new sign-in: ${PROGRAM} connect ${lapsed.id}`;
}

function actsFor(connection: Connection, advertiser: string): boolean {
  return connection.advertisers.some(({ id }) => id === advertiser);
}

function describe({ id, name }: Connection): string {
  return name === null ? id : `${id} (${name})`;
}

function listAdvertisers({ advertisers }: Connection): string {
  if (advertisers.length === 0) return 'It may act for none.';
  return `There are: ${advertisers.map(({ id, name }) => `${id} (${name})`).join('; ')}.`;
}
