import type { Connection } from '../api/schemas/connection.js';
import type { Platform } from '../api/schemas/platform.js';
import { type ApiClient, readAll } from './api-client.js';
import { UsageError } from './errors.js';
import { PROGRAM } from './program-name.js';
import { sandboxConnection } from './sandbox-connection.js';

/** Where an activation goes: one authorization and one of the ad accounts that it may act for. */
export interface Destination {
  readonly connectionId: string;
  readonly advertiserId: string;
}

/** One destination for each advertiser that the flags name, or the only one there is. */
export async function chooseDestinations(
  api: ApiClient,
  wanted: {
    readonly connection?: string | undefined;
    readonly advertisers?: readonly string[] | undefined;
    readonly simulate?: boolean | undefined;
  },
): Promise<readonly [Destination, ...Destination[]]> {
  const { advertisers = [], ...chosen } = wanted;
  const [first, ...others] = advertisers;
  const destinations: [Destination, ...Destination[]] = [
    await chooseDestination(api, { ...chosen, advertiser: first }),
  ];
  for (const advertiser of others) {
    destinations.push(await chooseDestination(api, { ...chosen, advertiser }));
  }
  return destinations;
}

/** Takes what the flags name, and otherwise the only choice there is; more than one choice is listed, not guessed. */
async function chooseDestination(
  api: ApiClient,
  wanted: {
    readonly connection?: string | undefined;
    readonly advertiser?: string | undefined;
    readonly simulate?: boolean | undefined;
  },
): Promise<Destination> {
  if (wanted.simulate === true) return simulated(await sandboxConnection(api), wanted.advertiser);
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

/** Which of the sandbox's advertisers takes part in a simulation matters to nobody. */
function simulated({ id, advertisers }: Connection, wanted: string | undefined): Destination {
  const advertiser = advertisers.find((one) => one.id === wanted) ?? advertisers[0];
  if (advertiser === undefined) throw new UsageError(`The connection ${id} may act for no advertiser.`);
  return { connectionId: id, advertiserId: advertiser.id };
}

async function chooseConnection(
  api: ApiClient,
  wanted: string | undefined,
  advertiser: string | undefined,
): Promise<Connection> {
  if (wanted !== undefined) return api.get<Connection>(`/v1/connections/${encodeURIComponent(wanted)}`);
  const connections = await readAll<Connection>(api, '/v1/connections');
  const configured = await withoutSimulations(
    api,
    connections.filter(({ status }) => status === 'configured'),
  );
  if (configured.length === 0) throw new UsageError(noConnection(connections));
  const able = advertiser === undefined ? [] : configured.filter((one) => actsFor(one, advertiser));
  const [only, ...others] = able.length > 0 ? able : configured;
  if (only === undefined || others.length > 0) {
    throw new UsageError(`Choose a connection with --connection: ${configured.map(describe).join('; ')}.`);
  }
  return only;
}

/** Where the API has an app of TikTok, nobody should take a simulation for the real thing by accident. */
async function withoutSimulations(
  api: ApiClient,
  configured: readonly Connection[],
): Promise<readonly Connection[]> {
  const live = configured.filter(({ environment }) => environment === 'live');
  if (live.length > 0 || configured.length === 0) return live;
  const [platform] = await readAll<Platform>(api, '/v1/platforms');
  return platform?.environments.includes('live') === true ? [] : configured;
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
