import type { StoredRequest } from '../../activation/stored-request.js';
import { chooseColumns, chooseInclude } from '../../customer-file/choose-columns.js';
import { DEFAULT_NORMALIZATION } from '../../customer-file/identifiers/profiles.js';
import type { Database } from '../../database/open-database.js';
import type { UploadRow } from '../../database/uploads.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Destination, FormActivationRequest } from '../schemas/activation-request.js';
import { inspectUploadHead } from '../uploads/inspect-upload-head.js';
import { requireDestinations } from './require-destinations.js';

const DEFAULT_REJECTED_ROW_PERCENT = 10;

/**
 * What was asked for at each destination, with columns by index. The file is looked at once. Throws `Problem` for
 * destinations that cannot be taken, all of them named, and `CustomerFileError` for what does not fit the file.
 */
export async function resolveRequest(
  deps: { readonly db: Database; readonly store: ObjectStore },
  request: FormActivationRequest,
  upload: UploadRow,
): Promise<{ destination: Destination; stored: StoredRequest }[]> {
  const destinations = await requireDestinations(deps.db, request);
  const normalization = request.normalization ?? DEFAULT_NORMALIZATION;
  const inspection = await inspectUploadHead(deps.store, upload, { normalization, columns: request.columns });
  const reading = {
    columns: chooseColumns(inspection, request.columns),
    include: chooseInclude(inspection, request.include ?? []).map(({ column, values }) => ({
      column,
      values: [...values],
    })),
    normalization,
    rejectedRowPercent: request.rejectedRowLimit?.percent ?? DEFAULT_REJECTED_ROW_PERCENT,
    ...(request.rejectedRowLimit?.onExceeded === 'ask' ? { overRejectedRows: 'ask' as const } : {}),
    dryRun: request.dryRun ?? false,
  };
  return destinations.map((destination) => ({
    destination,
    stored: { audience: destination.audience, ...reading },
  }));
}
