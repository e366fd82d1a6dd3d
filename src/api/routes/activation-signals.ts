import { Router } from 'express';
import { z } from 'zod';
import { MENDED_BY_SETTINGS } from '../../activation/attention.js';
import { isFinal, PHASES, type Phase } from '../../activation/phases.js';
import { MENDED_BY_SIGN_IN } from '../../connections/attention.js';
import { type ActivationRow, findActivation } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { ActivationRuns, Delivery } from '../../temporal/activation-runs.js';
import type { ViewActivations } from '../activations/activation-view.js';
import { cancelBeforeStart } from '../activations/cancel-before-start.js';
import type { Reconciler } from '../activations/reconciler.js';
import type { BackgroundTasks } from '../background-work.js';
import { parseQuery, pathParameter } from '../http/parse-request.js';
import { notFound, Problem } from '../http/problem.js';
import { signalQuery } from '../schemas/signal-query.js';

const SIGNALS = ['pause', 'resume', 'reconnected', 'approve', 'reject', 'cancel'] as const;

type Signal = (typeof SIGNALS)[number];

const storedPhase = z.enum(PHASES);

/** `/v1/activations/:id/pause` and the others: what a person may tell a run. */
export function activationSignalRoutes(deps: {
  readonly db: Database;
  readonly runs: ActivationRuns;
  readonly views: ViewActivations;
  readonly reconciler: Reconciler;
  readonly background: BackgroundTasks;
}): Router {
  const { db, runs, views, reconciler } = deps;
  const router = Router();

  for (const signal of SIGNALS) {
    router.post(`/v1/activations/:id/${signal}`, async (request, response) => {
      const id = pathParameter(request, 'id');
      const activation = await findActivation(db, id);
      if (activation === undefined) throw notFound('activation', id);
      const { question } = parseQuery(signalQuery, request);
      refuseSenseless(signal, activation, question);
      const cancelHere = async () => signal === 'cancel' && (await cancelBeforeStart(deps, activation));
      if (!(await cancelHere()) && (await send(runs, signal, id, question)) === 'not_running') {
        // A run that Temporal lost before it began is to be started again from now on: it can be ended here.
        await reconciler.settle(id);
        if (!(await cancelHere())) throw notRunning((await findActivation(db, id)) ?? activation);
      }
      const [view] = await views([(await findActivation(db, id)) ?? activation]);
      response.status(202).json(view);
    });
  }
  return router;
}

function refuseSenseless(signal: Signal, activation: ActivationRow, question: string | undefined): void {
  const phase = storedPhase.parse(activation.phase);
  if (isFinal(phase)) {
    throw conflict('run_is_over', phase, `The run is over (${phase}); nothing can be changed about it.`);
  }
  // A pause or its end may be on its way, and not in the database yet: only the run knows what a `pause` or `resume` changes.
  if (signal !== 'approve' && signal !== 'reject') return;
  const asked = openQuestion(activation);
  // A question stays open under a pause.
  const openUnderPause =
    phase === 'paused' && asked !== null && (question === undefined || asked === question);
  if (phase !== 'waiting_for_approval' && !openUnderPause) {
    throw conflict('run_asks_nothing', phase, `The run asks nothing (${phase}).`);
  }
  if (question !== undefined && asked !== question) {
    throw conflict('question_changed', phase, 'The run asks something else by now. Look at it again.');
  }
}

const storedAttention = z.object({ code: z.string() });

/** What a sign-in or a setting mends is no question: a pause may lie over either. */
function openQuestion({ attention }: ActivationRow): string | null {
  const code = storedAttention.safeParse(attention).data?.code ?? null;
  return code === null || MENDED_BY_SIGN_IN.has(code) || MENDED_BY_SETTINGS.has(code) ? null : code;
}

async function send(
  runs: ActivationRuns,
  signal: Signal,
  id: string,
  question: string | undefined,
): Promise<Delivery> {
  try {
    return await (signal === 'cancel' ? runs.cancel(id) : runs.signal(id, signal, question));
  } catch (error) {
    throw new Problem(
      {
        status: 503,
        code: 'temporal_unavailable',
        title: 'Temporal does not answer',
        detail: 'It is not known whether the run was told. Look at it, and try again in some seconds.',
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
