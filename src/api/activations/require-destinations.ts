import { advertisersOf, findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { Problem, type ProblemDetails, type ProblemField } from '../http/problem.js';
import type { Destination, FormActivationRequest } from '../schemas/activation-request.js';

interface Fault extends ProblemDetails {
  readonly errors: readonly ProblemField[];
}

/**
 * The destinations of a request. A request of which one destination cannot be taken is refused as a whole, with all its
 * faults: nothing is started then. A connection that only needs a new sign-in is taken: its run waits for it.
 */
export async function requireDestinations(
  db: Database,
  request: FormActivationRequest,
): Promise<readonly Destination[]> {
  const several = 'destinations' in request;
  const destinations = several ? request.destinations : [request];
  const pointer = (index: number) => (several ? `/destinations/${index}` : '');
  const checks = destinations.map((each, index) => findFault(db, each, pointer(index)));
  const repeats = destinations.map((each, index) => findRepetition(destinations, each, index));
  const faults = [...(await Promise.all(checks)), ...repeats].filter((fault) => fault !== null);
  const [first] = faults;
  if (first === undefined) return destinations;
  throw new Problem({ ...first, errors: faults.flatMap(({ errors }) => errors) });
}

/** Why a run cannot go to an advertiser through a connection; null when it can. */
export async function findFault(
  db: Database,
  destination: Pick<Destination, 'connectionId' | 'advertiserId'>,
  pointer: string,
): Promise<Fault | null> {
  const { connectionId, advertiserId } = destination;
  const connection = await findConnection(db, connectionId);
  if (connection === undefined) {
    return {
      status: 422,
      code: 'unknown_connection',
      title: 'There is no such connection',
      detail: 'See GET /v1/connections for those that exist.',
      errors: [{ pointer: `${pointer}/connectionId`, detail: 'is no connection' }],
    };
  }
  if (connection.status === 'not_configured' || connection.status === 'disconnected') {
    return {
      status: 409,
      code: 'connection_not_configured',
      title: 'The connection is not signed in',
      detail: `Sign in with TikTok for the connection ${connection.id} first.`,
      errors: [{ pointer: `${pointer}/connectionId`, detail: 'is not signed in' }],
      extra: { connectionStatus: connection.status },
    };
  }
  const advertisers = await advertisersOf(db, [connection.id]);
  if (advertisers.some((advertiser) => advertiser.advertiser_id === advertiserId)) return null;
  return {
    status: 422,
    code: 'unknown_advertiser',
    title: 'The connection does not cover this advertiser',
    detail: `The connection ${connection.id} may not act for it. GET /v1/connections/${connection.id} lists those that it may.`,
    errors: [{ pointer: `${pointer}/advertiserId`, detail: 'is no advertiser of the connection' }],
  };
}

/** Two runs of one request on one audience, or two new audiences that nobody could tell apart, are a mistake. */
function findRepetition(
  destinations: readonly Destination[],
  destination: Destination,
  index: number,
): Fault | null {
  const first = destinations.findIndex((other) => targetOf(other) === targetOf(destination));
  if (first === index) return null;
  return {
    status: 422,
    code: 'repeated_destination',
    title: 'A destination is named twice',
    detail: 'Each destination must be another audience: another advertiser, another id or another name.',
    errors: [{ pointer: `/destinations/${index}`, detail: `is the same audience as /destinations/${first}` }],
  };
}

function targetOf({ advertiserId, audience }: Destination): string {
  return JSON.stringify([
    advertiserId,
    audience.action === 'create' ? { name: audience.name } : { id: audience.audienceId },
  ]);
}
