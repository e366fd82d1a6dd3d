import { MENDED_BY_SIGN_IN } from '../../connections/attention.js';
import { recordedFailure } from '../../connections/connection-marks.js';
import { storedAttention } from '../../connections/stored-attention.js';
import { type AdvertiserRow, advertisersOf, type ConnectionRow } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { type Connection, PLATFORM } from '../schemas/connection.js';

/** Connections as the API shows them: without tokens. */
export async function viewConnections(
  db: Database,
  rows: readonly ConnectionRow[],
  publicUrl: string,
): Promise<Connection[]> {
  const advertisers = await advertisersOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) =>
    view(
      row,
      advertisers.filter((advertiser) => advertiser.connection_id === row.id),
      publicUrl,
    ),
  );
}

function view(row: ConnectionRow, advertisers: readonly AdvertiserRow[], publicUrl: string): Connection {
  const attention = storedAttention(row);
  const signIn = attention !== null && MENDED_BY_SIGN_IN.has(attention.code);
  const failure = recordedFailure(row);
  return {
    id: row.id,
    platform: PLATFORM,
    environment: row.environment,
    name: row.name,
    status: row.status,
    attention:
      attention === null
        ? null
        : { ...attention, url: signIn ? `${publicUrl}/connections/${row.id}/sign-in` : null },
    authorizedBy: row.authorized_by,
    authorizedAt: row.authorized_at?.toISOString() ?? null,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    lastCheckedAt: later(row.verified_at?.toISOString() ?? null, failure?.at ?? null),
    lastFailure: failure,
    advertisers: advertisers.map((advertiser) => ({
      id: advertiser.advertiser_id,
      name: advertiser.name,
      timezone: advertiser.timezone,
      audiences: advertiser.audiences_used,
      canWrite: advertiser.can_write,
    })),
    createdAt: row.created_at.toISOString(),
  };
}

/** Times of this form sort as texts. */
function later(one: string | null, other: string | null): string | null {
  return (one ?? '') > (other ?? '') ? one : other;
}
