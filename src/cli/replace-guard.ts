import type { Audience } from '../api/schemas/audience.js';
import { type ApiClient, readAll } from './api-client.js';
import type { Destination } from './destination.js';
import { UsageError } from './errors.js';
import { formatCount } from './quantities.js';

/** Asks a person; null where nobody can answer (no terminal). */
export type Confirm = ((question: string) => Promise<boolean>) | null;

/**
 * The size that a person saw before everybody in the audience is replaced; the API compares it again. On a
 * terminal the person is asked, elsewhere the size has to stand in the command.
 */
export async function confirmedSize(
  api: ApiClient,
  destination: Destination,
  audienceId: string,
  given: number | undefined,
  confirm: Confirm,
): Promise<number> {
  const advertiser = `/v1/connections/${encodeURIComponent(destination.connectionId)}/advertisers/${destination.advertiserId}`;
  const audiences = await readAll<Audience>(api, `${advertiser}/audiences`);
  const audience = audiences.find(({ id }) => id === audienceId);
  if (audience === undefined) {
    throw new UsageError(
      `The advertiser ${destination.advertiserId} has no Customer File audience ${audienceId}.`,
    );
  }
  const { name, size } = audience;
  const consequence = `--replace removes all ${formatCount(size)} people of "${name}" and puts the file's in their place.`;
  if (given !== undefined) {
    if (given === size) return size;
    throw new UsageError(
      `${consequence} --confirm-size says ${given}; repeat it with --confirm-size ${size}.`,
    );
  }
  if (confirm === null) throw new UsageError(`${consequence} Confirm it with --confirm-size ${size}.`);
  if (!(await confirm(`${consequence} Go on?`))) throw new UsageError('Nothing was sent.');
  return size;
}
