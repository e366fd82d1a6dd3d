import { z } from 'zod';
import { AUDIENCE_STATES } from '../../activation/audience-states.js';
import { PHASES } from '../../activation/phases.js';
import { storedRequest } from '../../activation/stored-request.js';
import { fewPeople } from '../../customer-file/few-people.js';
import { type ActivationProgress, progressOf } from '../../database/activation-progress.js';
import type { ActivationRow } from '../../database/activations.js';
import { sandboxConnectionsAmong } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { publicationRequestIds } from '../../database/publications.js';
import { type Activation, WAITING_KINDS } from '../schemas/activation.js';
import { CAUTIONS } from './cautions.js';
import type { LedgerTotals, ReadLedgerTotals } from './ledger-totals.js';
import { matchRate } from './match-rate.js';
import { predict } from './prediction.js';

/** What the database holds as JSON or text, and the activities write. */
const stored = z.object({
  request: storedRequest,
  phase: z.enum(PHASES),
  waiting: z.object({ kind: z.enum(WAITING_KINDS), until: z.iso.datetime().nullable() }).nullable(),
  attention: z
    .object({
      code: z.string(),
      title: z.string(),
      detail: z.string(),
      url: z.string().nullable().default(null),
    })
    .nullable(),
  failure: z
    .object({
      code: z.string(),
      detail: z.string(),
      help: z.string(),
      requestId: z.string().nullable().default(null),
    })
    .nullable(),
  audience_state: z.enum(AUDIENCE_STATES).nullable(),
});

export interface ActivationLinks {
  readonly publicUrl: string;
  /** Address of Temporal's Web UI and the namespace; null where it is not known. */
  readonly temporalUi: { readonly url: string; readonly namespace: string } | null;
}

export type ViewActivations = (rows: readonly ActivationRow[]) => Promise<Activation[]>;

/** Activations as the API shows them, from the database alone: right also while no worker runs. */
export function createActivationViews(deps: {
  readonly db: Database;
  readonly ledgerTotals: ReadLedgerTotals;
  readonly links: ActivationLinks;
}): ViewActivations {
  return async (rows) => {
    const ids = rows.map(({ id }) => id);
    const progress = await progressOf(deps.db, ids);
    const requestIds = await publicationRequestIds(deps.db, ids);
    const simulated = await sandboxConnectionsAmong(
      deps.db,
      rows.map((row) => row.connection_id),
    );
    return Promise.all(
      rows.map(async (row) => {
        const own = progress.get(row.id);
        if (own === undefined) throw new Error(`activation ${row.id} has no upload in the database`);
        const totals = await deps.ledgerTotals(row.preparation_id, own.partsPrepared);
        const prediction = await predictionOf(deps.db, row, own);
        return view(row, own, {
          totals,
          prediction,
          simulation: simulated.has(row.connection_id),
          requestId: requestIds.get(row.id) ?? null,
          links: deps.links,
        });
      }),
    );
  };
}

function view(
  row: ActivationRow,
  progress: ActivationProgress,
  more: {
    readonly totals: LedgerTotals;
    readonly prediction: Activation['prediction'];
    readonly simulation: boolean;
    readonly requestId: string | null;
    readonly links: ActivationLinks;
  },
): Activation {
  const { totals, prediction, simulation, requestId, links } = more;
  const { request, phase, waiting, attention, failure, audience_state: state } = stored.parse(row);
  const { audience } = request;
  return {
    id: row.id,
    retryOf: row.retry_of,
    uploadId: row.upload_id,
    connectionId: row.connection_id,
    advertiserId: row.advertiser_id,
    dryRun: request.dryRun,
    simulation,
    normalization: request.normalization,
    phase,
    waiting,
    attention:
      attention ?? warningOf({ action: audience.action, phase, state }, progress, totals.distinctEstimate),
    progress,
    identifiers: totals.identifiers,
    distinctEstimate: totals.distinctEstimate,
    audience: {
      id: row.audience_id ?? audience.audienceId ?? null,
      name: audience.name ?? null,
      action: audience.action,
      state,
      matched: row.audience_matched,
      matchRate: matchRate(
        { action: audience.action, state, matched: row.audience_matched },
        totals.distinctEstimate,
      ),
      words: row.audience_words,
      caution: CAUTIONS[audience.action],
      requestId,
    },
    prediction,
    failure,
    links: linksOf(row.id, links),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** Of a dry run, once all its parts are prepared. */
async function predictionOf(
  db: Database,
  row: ActivationRow,
  { partsTotal, partsPrepared }: ActivationProgress,
): Promise<Activation['prediction']> {
  const { dryRun, audience } = storedRequest.parse(row.request);
  if (!dryRun || partsTotal === 0 || partsPrepared < partsTotal) return null;
  return predict(db, row, audience.action);
}

/**
 * Derived when it is read, as the sums are. Said once all rows are counted, until TikTok has decided; appending and
 * removing change an audience that is there.
 */
function warningOf(
  { action, phase, state }: Pick<Activation, 'phase'> & Pick<Activation['audience'], 'action' | 'state'>,
  { partsTotal, partsPrepared }: ActivationProgress,
  people: number,
): Activation['attention'] {
  if (action === 'append' || action === 'remove') return null;
  if (phase === 'failed' || phase === 'canceled' || (state !== null && state !== 'processing')) return null;
  if (partsTotal === 0 || partsPrepared < partsTotal) return null;
  const warning = fewPeople(people);
  return warning === null ? null : { ...warning, url: null };
}

function linksOf(id: string, { publicUrl, temporalUi }: ActivationLinks): Activation['links'] {
  const self = `${publicUrl}/v1/activations/${id}`;
  return {
    self,
    console: `${publicUrl}/activations/${id}`,
    temporal:
      temporalUi === null ? null : `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${id}`,
    rejectedRows: `${self}/rejected-rows?format=csv`,
  };
}
