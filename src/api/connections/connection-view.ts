import { storedAttention } from '../../connections/stored-attention.js';
import { type AdvertiserRow, advertisersOf, type ConnectionRow } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { type Connection, PLATFORM } from '../schemas/connection.js';

/** Connections as the API shows them: without tokens. */
export async function viewConnections(db: Database, rows: readonly ConnectionRow[]): Promise<Connection[]> {
  const advertisers = await advertisersOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) =>
    view(
      row,
      advertisers.filter((advertiser) => advertiser.connection_id === row.id),
    ),
  );
}

function view(row: ConnectionRow, advertisers: readonly AdvertiserRow[]): Connection {
  const attention = storedAttention(row);
  return {
    id: row.id,
    platform: PLATFORM,
    environment: row.environment,
    name: row.name,
    status: row.status,
    attention: attention === null ? null : { ...attention, url: null },
    authorizedBy: row.authorized_by,
    authorizedAt: row.authorized_at?.toISOString() ?? null,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    advertisers: advertisers.map((advertiser) => ({
      id: advertiser.advertiser_id,
      name: advertiser.name,
      timezone: advertiser.timezone,
      audiences: advertiser.audiences_used,
    })),
    createdAt: row.created_at.toISOString(),
  };
}
