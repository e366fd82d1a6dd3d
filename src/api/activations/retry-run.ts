import { isFinal, PHASES, type Phase } from '../../activation/phases.js';
import { acceptRetry, findRetry } from '../../database/accept-activations.js';
import { type ActivationRow, findActivation } from '../../database/activations.js';
import { newId } from '../../database/ids.js';
import type { Database } from '../../database/open-database.js';
import { findPublication } from '../../database/publications.js';
import { Problem } from '../http/problem.js';
import type { Uploads } from '../uploads/uploads.js';
import { findFault } from './require-destinations.js';
import type { RunStarter } from './run-starter.js';

/**
 * Starts a failed or cancelled run again as a new one and gives its id. The new run works on what the old one has
 * prepared, as far as the plan is still the same, and uploads it again: TikTok promises no life of an uploaded file.
 * A retry that is open or has completed is given again. Throws `Problem`.
 */
export async function retryRun(
  deps: { readonly db: Database; readonly uploads: Uploads; readonly starter: RunStarter },
  run: ActivationRow,
): Promise<string> {
  const { db, uploads, starter } = deps;
  const phase = phaseOf(run);
  if (!isFinal(phase)) throw runIsOpen(phase);
  if (phase === 'completed') {
    throw conflict('run_has_completed', phase, 'The run has completed. Start a new activation instead.');
  }
  const earlier = await findRetry(db, run.id);
  if (earlier !== undefined) return requireGoodEnd(earlier);
  await refuseWhatTikTokHas(db, run, phase);
  if ((await uploads.find(run.upload_id)) === undefined) throw uploadGone(phase);
  const destination = { connectionId: run.connection_id, advertiserId: run.advertiser_id };
  const fault = await findFault(db, destination, '');
  if (fault !== null) throw new Problem({ ...fault, status: 409, errors: [], extra: { phase } });

  const accepted = await acceptRetry(db, { id: newId('act'), of: run.id });
  if (accepted === null) {
    const now = await findActivation(db, run.id);
    if (now?.finished_at === null) throw runIsOpen(phaseOf(now));
    throw uploadGone(phase);
  }
  const { activationId, repeated } = accepted;
  if (!repeated) await starter.start(activationId);
  return activationId;
}

function runIsOpen(phase: Phase): Problem {
  return conflict('run_is_open', phase, `The run is still open (${phase}).`);
}

function uploadGone(phase: Phase): Problem {
  return conflict('upload_gone', phase, 'The file has expired or was deleted. Upload it and start anew.');
}

function requireGoodEnd(retry: ActivationRow): string {
  const phase = phaseOf(retry);
  if (phase !== 'failed' && phase !== 'canceled') return retry.id;
  throw conflict(
    'already_retried',
    phase,
    `The run was tried again as ${retry.id}, which has ended as ${phase}. Retry that one.`,
    { retriedAs: retry.id },
  );
}

/** A run may end after TikTok has taken its request. Asking again would make a second audience. */
async function refuseWhatTikTokHas(db: Database, run: ActivationRow, phase: Phase): Promise<void> {
  const publication = await findPublication(db, run.id);
  if (publication === undefined) return;
  if (publication.published_at !== null) {
    const detail = `TikTok has taken everything: the audience is ${publication.audience_id}. There is nothing to try again.`;
    throw conflict('run_has_published', phase, detail);
  }
  if (publication.send_before !== null) {
    throw conflict(
      'outcome_unknown',
      phase,
      'TikTok had been asked to build or change the audience, and its answer is not known. Look in TikTok Ads Manager, then start a new activation.',
    );
  }
}

function phaseOf(run: ActivationRow): Phase {
  const phase = PHASES.find((known) => known === run.phase);
  if (phase === undefined) throw new Error(`activation ${run.id} has an unknown phase`);
  return phase;
}

function conflict(
  code: string,
  phase: Phase,
  detail: string,
  extra: Readonly<Record<string, string>> = {},
): Problem {
  return new Problem({
    status: 409,
    code,
    title: 'The run cannot be tried again',
    detail,
    extra: { phase, ...extra },
  });
}
