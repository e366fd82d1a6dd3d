import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Attention } from '../activation/attention.js';
import { recordAudience } from '../database/activations.js';
import { takeTurn } from '../database/audience-turns.js';
import { readDatabaseTime } from '../database/clock.js';
import { type DeliveryRow, forgetDeliveries, listDeliveries } from '../database/deliveries.js';
import {
  findPublication,
  isAsked,
  type PublicationRow,
  recordLook,
  recordPublished,
  recordSend,
  recordSendOver,
} from '../database/publications.js';
import { TikTokError } from '../tiktok/errors.js';
import { ActivationFailure } from './activation-failure.js';
import { change } from './change.js';
import { creation } from './creation.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';
import { nameAudience } from './name-audience.js';
import { LONGEST_LOOK_MS, untilNextLookMs, untilProcessedMs } from './next-look.js';
import { audienceContent, type Publishing, type Target, undeliveredParts } from './publishing.js';
import { openSendWindow, SEND_WITHIN_MS, SentTooLateError } from './send-window.js';
import { agedDeliveries, refusedDeliveries } from './stale-files.js';

export interface PublishInput extends ActivationInput {
  /** How often parts that TikTok had lost were uploaded again for this publication. */
  readonly repeats: number;
  /** Parts were uploaded again just before: what grew old meanwhile is tried, else a slow line would never be done. */
  readonly renewed?: boolean;
  /** A person has looked at what was unclear and wants it to go on. */
  readonly goAhead: boolean;
  /** The run is cancelled: nothing new is asked of TikTok. */
  readonly lookOnly?: boolean;
}

/**
 * What comes next.
 *
 * - `done`: TikTok has taken it. `doubted`: an answer was missed on the way, so that there may be extra audiences
 * - `upload_again`: these parts first, TikTok no longer has them. `lost`: it says so; else they are merely old
 * - `take_turn`: TikTok does not let the audience be changed now
 * - `look`: an answer was missed; look at TikTok after that time, before anything is repeated
 * - `ask`: only a person can tell
 * - `nothing`: TikTok has taken nothing, or it cannot be told, and it was only to be looked at
 */
export type Publication =
  | { readonly next: 'done'; readonly doubted: boolean }
  | { readonly next: 'upload_again'; readonly parts: readonly number[]; readonly lost: boolean }
  | { readonly next: 'take_turn' }
  | { readonly next: 'look'; readonly inMs: number }
  | { readonly next: 'ask'; readonly attention: Omit<Attention, 'url'> }
  | { readonly next: 'nothing' };

type Step = Exclude<Publication, { next: 'done' }>;

/** A file that TikTok loses this often is not lost by age. */
const MOST_REPEATS = 3;

/** One in half a minute, three days long: as long as TikTok may take to process an audience, and a day more. */
const MOST_REFUSALS = 72 * 120;
/** While an earlier request is open, TikTok is looked at for five minutes before each. */
const MOST_SLOW_REFUSALS = 72 * 12;
const REFUSED_FOR_LONG = 'TikTok calls the audience editable and has refused its change for three days.';

/** When an attempt came too late to send: it or another one begins anew. */
const ANEW_MS = 1_000;

/** "Duplicated request", of TikTok's return codes: an earlier one may have been taken. */
const DUPLICATED = 40050;

/**
 * Makes the uploaded parts an audience, or a change of one, exactly once. What is about to be asked is recorded first,
 * with the time up to which it may leave. An attempt that finds such a record without an outcome looks at TikTok, and
 * asks again only when nothing can be under way any more and TikTok has shown nothing for long enough.
 */
export function publishAudience(deps: ActivityDependencies) {
  return async (input: PublishInput): Promise<Publication> => {
    const activation = await loadActivation(deps.db, input.activationId);
    if (input.lookOnly && (await nothingIsUnderWay(deps, activation.id))) return { next: 'nothing' };
    return heartbeating(() =>
      deps.access.withAccess(activation, async ({ tiktok, token }) => {
        const publishing: Publishing = {
          deps,
          tiktok,
          activation,
          token,
          signal: untilShutdown(Context.current()),
        };
        const { action } = activation.request.audience;
        const target = action === 'create' ? creation(publishing) : change(publishing, action);
        const known = await findPublication(deps.db, activation.id);
        if (known?.published_at == null) {
          const step =
            known?.send_before == null
              ? await send(publishing, target, known, input)
              : await look(publishing, target, known, input);
          if (step !== null) return step;
        }
        return published(publishing);
      }),
    );
  };
}

async function nothingIsUnderWay(deps: ActivityDependencies, activationId: string): Promise<boolean> {
  return !isAsked(await findPublication(deps.db, activationId));
}

/**
 * A cancellation does not cut off a request half-way: its answer is what a person wants to know. It is looked at before
 * the request is recorded.
 */
function untilShutdown(context: Context): AbortSignal {
  const { cancellationSignal: signal } = context;
  const cutOff = new AbortController();
  // Called by the SDK from outside the activity, where there is no current context, and what is thrown ends the worker.
  const look = () => {
    if (!isCanceled(context)) cutOff.abort(signal.reason);
  };
  if (signal.aborted) look();
  else signal.addEventListener('abort', look, { once: true });
  return cutOff.signal;
}

function isCanceled({ cancellationDetails }: Context): boolean {
  return cancellationDetails?.cancelRequested === true;
}

async function published(publishing: Publishing): Promise<Publication> {
  const { deps, activation } = publishing;
  const publication = await findPublication(deps.db, activation.id);
  const audienceId = publication?.audience_id;
  if (audienceId === undefined || audienceId === null) throw new Error('a publication without an audience');
  await recordAudience(deps.db, activation.id, {
    id: audienceId,
    state: 'processing',
    matched: null,
    words: publication?.warning ?? null,
  });
  // Nobody changes a new audience either before TikTok has processed it.
  await takeTurn(deps.db, { activationId: activation.id, advertiserId: activation.advertiserId, audienceId });
  await nameAudience(publishing, 'if_possible');
  return { next: 'done', doubted: publication?.doubted_at != null };
}

/** Looks for what an earlier attempt did. Null when TikTok has it. */
async function look(
  publishing: Publishing,
  target: Target,
  known: PublicationRow,
  input: PublishInput,
): Promise<Step | null> {
  const { deps, activation } = publishing;
  const sighting = await target.look(known);
  switch (sighting.kind) {
    case 'done':
      await recordPublished(deps.db, activation.id, {
        audienceId: sighting.audienceId,
        requestId: null,
        warning: null,
        doubted: true,
      });
      await target.settle?.();
      return null;
    case 'processing': {
      const { looks, overdueMs } = await recordLook(deps.db, activation.id);
      if (input.lookOnly && overdueMs >= LONGEST_LOOK_MS) return { next: 'nothing' };
      return { next: 'look', inMs: untilProcessedMs(looks) };
    }
    case 'unclear':
      if (input.lookOnly) return { next: 'nothing' };
      if (input.goAhead && activation.request.audience.action !== 'create') {
        return send(publishing, target, known, input);
      }
      return {
        next: 'ask',
        attention: { code: 'publication_unclear', title: sighting.title, detail: sighting.detail },
      };
    case 'not_done': {
      const { looks, sends, overdueMs } = await recordLook(deps.db, activation.id);
      const inMs = untilNextLookMs(looks, sends, overdueMs);
      if (inMs !== null) return { next: 'look', inMs };
      return send(publishing, target, known, input);
    }
  }
}

/** Asks TikTok, unless the run is cancelled. Null when it has answered that it is done. */
async function send(
  publishing: Publishing,
  target: Target,
  known: PublicationRow | undefined,
  input: PublishInput,
): Promise<Step | null> {
  if (input.lookOnly) return { next: 'nothing' };
  const { deps, activation } = publishing;
  const deliveries = await listDeliveries(deps.db, activation.id);
  const aged = input.renewed ? [] : agedDeliveries(deliveries, await readDatabaseTime(deps.db));
  const missing = await undeliveredParts(publishing, deliveries);
  if (aged.length + missing.length > 0) return uploadAgain(publishing, aged, missing, false);
  // What became of an earlier request may still show.
  const open = known?.send_before != null;
  const readiness = await target.prepare(input.goAhead || open);
  if (readiness.kind === 'busy') return { next: 'take_turn' };
  const content = await audienceContent(publishing);
  if (isCanceled(Context.current()))
    throw new CancelledFailure('The run was cancelled before TikTok was asked.');

  const window = openSendWindow();
  // Where a person wants it again, what shows by now is not the earlier request.
  const historyBefore = open && !input.goAhead ? known.history_before : readiness.intent.historyBefore;
  const intent = { ...readiness.intent, historyBefore };
  const sends = await recordSend(deps.db, intent, known?.sends ?? 0, SEND_WITHIN_MS);
  if (sends === null) return { next: 'look', inMs: ANEW_MS };
  try {
    const receipt = await target.send(content, window.letGo);
    await recordPublished(deps.db, activation.id, { ...receipt, doubted: false });
    return null;
  } catch (error) {
    const outcome = window.gone() ? outcomeOf(error) : 'nothing_done';
    // That this one did nothing does not tell what became of an earlier one.
    await recordSendOver(deps.db, activation.id, sends, open ? 'unknown' : outcome);
    if (error instanceof SentTooLateError) return { next: 'look', inMs: ANEW_MS };
    if (!(error instanceof TikTokError)) throw error;
    if (outcome === 'unknown') return { next: 'look', inMs: 0 };
    if (error.class === 'not_editable') {
      if (sends >= (open ? MOST_SLOW_REFUSALS : MOST_REFUSALS))
        throw new ActivationFailure('audience_not_editable', REFUSED_FOR_LONG);
      return { next: 'take_turn' };
    }
    const refused = refusedDeliveries(error, deliveries);
    if (refused === null || input.repeats >= MOST_REPEATS) throw error;
    return uploadAgain(publishing, refused, [], true);
  }
}

/** Whether a request that was let go may have been carried out, although it failed. */
function outcomeOf(error: unknown): 'nothing_done' | 'unknown' {
  if (!(error instanceof TikTokError) || error.details.code === DUPLICATED) return 'unknown';
  return error.class === 'transient' ? 'unknown' : 'nothing_done';
}

/** @param missing parts that an earlier attempt forgot, and whose answer never came to the workflow. */
async function uploadAgain(
  { deps, activation }: Publishing,
  stale: readonly DeliveryRow[],
  missing: readonly number[],
  lost: boolean,
): Promise<Step> {
  await forgetDeliveries(
    deps.db,
    activation.id,
    stale.map((delivery) => delivery.file_path),
  );
  const parts = [...stale.map((delivery) => delivery.part_index), ...missing];
  return { next: 'upload_again', parts: parts.sort((one, other) => one - other), lost };
}
