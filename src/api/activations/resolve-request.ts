import type { StoredRequest } from '../../activation/stored-request.js';
import { chooseColumns, chooseInclude } from '../../customer-file/choose-columns.js';
import { DEFAULT_NORMALIZATION } from '../../customer-file/identifiers/profiles.js';
import { advertisersOf, findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import type { UploadRow } from '../../database/uploads.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { Problem } from '../http/problem.js';
import type { FormActivationRequest } from '../schemas/activation-request.js';
import { inspectUploadHead } from '../uploads/inspect-upload-head.js';

const DEFAULT_REJECTED_ROW_PERCENT = 10;

/** What was asked for, with its columns by index. Throws `Problem`, and `CustomerFileError` for what does not fit the file. */
export async function resolveRequest(
  deps: { readonly db: Database; readonly store: ObjectStore },
  request: FormActivationRequest,
  upload: UploadRow,
): Promise<StoredRequest> {
  await requireDestination(deps.db, request);
  const normalization = request.normalization ?? DEFAULT_NORMALIZATION;
  const inspection = await inspectUploadHead(deps.store, upload, { normalization, columns: request.columns });
  return {
    audience: request.audience,
    columns: chooseColumns(inspection, request.columns),
    include: chooseInclude(inspection, request.include ?? []).map(({ column, values }) => ({
      column,
      values: [...values],
    })),
    normalization,
    rejectedRowPercent: request.rejectedRowLimit?.percent ?? DEFAULT_REJECTED_ROW_PERCENT,
    dryRun: request.dryRun ?? false,
  };
}

/** A connection that only needs a new sign-in is taken: the run waits for it. */
async function requireDestination(db: Database, request: FormActivationRequest): Promise<void> {
  const connection = await findConnection(db, request.connectionId);
  if (connection === undefined) {
    throw new Problem({
      status: 422,
      code: 'unknown_connection',
      title: 'There is no such connection',
      detail: 'See GET /v1/connections for those that exist.',
      errors: [{ pointer: '/connectionId', detail: 'is no connection' }],
    });
  }
  if (connection.status === 'not_configured' || connection.status === 'disconnected') {
    throw new Problem({
      status: 409,
      code: 'connection_not_configured',
      title: 'The connection is not signed in',
      detail: `Sign in with TikTok for the connection ${connection.id} first.`,
      extra: { connectionStatus: connection.status },
    });
  }
  const advertisers = await advertisersOf(db, [connection.id]);
  if (advertisers.every((advertiser) => advertiser.advertiser_id !== request.advertiserId)) {
    throw new Problem({
      status: 422,
      code: 'unknown_advertiser',
      title: 'The connection does not cover this advertiser',
      detail: `The connection ${connection.id} may not act for it. GET /v1/connections/${connection.id} lists those that it may.`,
      errors: [{ pointer: '/advertiserId', detail: 'is no advertiser of the connection' }],
    });
  }
}
