import type { ActivationRequest } from '../../../src/api/schemas/activation-request.js';
import { ADVERTISER, type ApiCaller } from './api-caller.js';
import type { RunningApi } from './running-api.js';

export const CUSTOMERS = `Email,Accepts Marketing
anna.adler.0@example.com,yes
ben.adler.0@example.org,no
carla.adler.0@example.net,yes
`;

/** A complete upload and a connection to activate it with. */
export async function readyToActivate(api: ApiCaller): Promise<ActivationRequest> {
  const [uploadId, connection] = await Promise.all([api.upload(CUSTOMERS), api.connect()]);
  return {
    uploadId,
    connectionId: connection.id,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name: 'Spring buyers' },
  };
}

export async function countActivations(api: RunningApi): Promise<number> {
  const { count } = await api.db
    .selectFrom('activations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
