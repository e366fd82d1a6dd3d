import { Router } from 'express';
import { z } from 'zod';
import { isFinal, PHASES, type Phase } from '../../activation/phases.js';
import { type ActivationRow, findActivation } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { ActivationRuns, Delivery } from '../../temporal/activation-runs.js';
import type { ViewActivations } from '../activations/activation-view.js';
import type { Reconciler } from '../activations/reconciler.js';
import { pathParameter } from '../http/parse-request.js';
import { notFound, Problem } from '../http/problem.js';

const SIGNALS = ['pause', 'resume', 'reconnected', 'approve', 'reject', 'cancel'] as const;

type Signal = (typeof SIGNALS)[number];

const storedPhase = z.enum(PHASES);

/** `/v1/activations/:id/pause` and the others: what a person may tell a run. */
export function activationSignalRoutes(deps: {
  readonly db: Database;
  readonly runs: ActivationRuns;
  readonly views: ViewActivations;
  readonly reconciler: Reconciler;
}): Router {
  const { db, runs, views, reconciler } = deps;
  const router = Router();

  for (const signal of SIGNALS) {
    router.post(`/v1/activations/:id/${signal}`, async (request, response) => {
      const id = pathParameter(request, 'id');
      const activation = await findActivation(db, id);
      if (activation === undefined) throw notFound('activation', id);
      refuseSenseless(signal, activation);
      const delivery = await send(runs, signal, id);
      if (delivery === 'not_running') {
        await reconciler.settle(id);
        throw notRunning((await findActivation(db, id)) ?? activation);
      }
      const [view] = await views([(await findActivation(db, id)) ?? activation]);
      response.status(202).json(view);
    });
  }
  return router;
}

function refuseSenseless(signal: Signal, activation: ActivationRow): void {
  const phase = storedPhase.parse(activation.phase);
  if (isFinal(phase)) {
    throw conflict('run_is_over', phase, `The run is over (${phase}); nothing can be changed about it.`);
  }
  if (signal === 'resume' && phase !== 'paused') {
    throw conflict('run_is_not_paused', phase, `The run is not paused (${phase}).`);
  }
  if ((signal === 'approve' || signal === 'reject') && phase !== 'waiting_for_approval') {
    throw conflict('run_asks_nothing', phase, `The run asks nothing (${phase}).`);
  }
}

async function send(runs: ActivationRuns, signal: Signal, id: string): Promise<Delivery> {
  try {
    return await (signal === 'cancel' ? runs.cancel(id) : runs.signal(id, signal));
  } catch (error) {
    throw new Problem(
      {
        status: 503,
        code: 'temporal_unavailable',
        title: 'Temporal does not answer',
        detail: 'The run was not told. Try again in some seconds.',
        headers: { 'retry-after': '5' },
      },
      { cause: error },
    );
  }
}

function notRunning(activation: ActivationRow): Problem {
  const phase = storedPhase.parse(activation.phase);
  return activation.dispatched_at === null
    ? conflict('run_not_started', phase, 'Temporal has not taken the run yet. Try again in some seconds.')
    : conflict('run_is_gone', phase, 'Temporal does not know the run any more: it was ended there.');
}

function conflict(code: string, phase: Phase, detail: string): Problem {
  return new Problem({
    status: 409,
    code,
    title: 'This makes no sense for the run now',
    detail,
    extra: { phase },
  });
}
