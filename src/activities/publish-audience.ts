import { recordAudience } from '../database/activations.js';
import { type DeliveryRow, forgetDeliveries, listDeliveries } from '../database/deliveries.js';
import { findPublication, recordIntent, recordNamed, recordPublished } from '../database/publications.js';
import type { AudienceSummary, TikTokClient, UpdateAction } from '../tiktok/client.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { type LoadedActivation, loadActivation, loadPreparation } from './loaded-activation.js';
import { oneTimeName } from './one-time-name.js';
import { agedDeliveries, refusedDeliveries } from './stale-files.js';
import { storedPlan } from './stored-plan.js';

const UPDATE_ACTIONS = { append: 'APPEND', remove: 'REMOVE', replace: 'REPLACE' } as const satisfies Record<
  string,
  UpdateAction
>;

interface Publishing {
  readonly deps: ActivityDependencies;
  readonly tiktok: TikTokClient;
  readonly activation: LoadedActivation;
  readonly token: string;
  readonly signal: AbortSignal;
}

export interface PublishInput extends ActivationInput {
  /** How often parts were uploaded again for this publication. */
  readonly repeats: number;
}

/** Parts that must be uploaded again before TikTok can publish; empty when it has published. */
export interface Publication {
  readonly uploadAgain: readonly number[];
}

/** A file that TikTok loses this often is not lost by age. */
const MOST_REPEATS = 3;

/**
 * Makes the uploaded parts an audience, or a change of one, exactly once. What is about to be asked is recorded first,
 * so that an attempt whose answer was lost is recognised: then TikTok is looked at before anything is repeated.
 */
export function publishAudience(deps: ActivityDependencies) {
  return async (input: PublishInput): Promise<Publication> => {
    const { db } = deps;
    const activation = await loadActivation(db, input.activationId);
    const deliveries = await listDeliveries(db, activation.id);
    const published = (await findPublication(db, activation.id))?.published_at != null;
    const aged = published ? [] : agedDeliveries(deliveries, new Date());
    if (aged.length > 0) return uploadAgain(deps, activation, aged);
    try {
      await heartbeating((signal) =>
        deps.access.withAccess(activation, async ({ tiktok, token }) => {
          const publishing: Publishing = { deps, tiktok, activation, token, signal };
          if (activation.request.audience.action === 'create') await create(publishing);
          else await change(publishing, UPDATE_ACTIONS[activation.request.audience.action]);
        }),
      );
    } catch (error) {
      const refused = refusedDeliveries(error, deliveries);
      if (refused === null || input.repeats >= MOST_REPEATS) throw error;
      return uploadAgain(deps, activation, refused);
    }
    return { uploadAgain: [] };
  };
}

async function uploadAgain(
  deps: ActivityDependencies,
  activation: LoadedActivation,
  stale: readonly DeliveryRow[],
): Promise<Publication> {
  const parts = stale.map((delivery) => delivery.part_index);
  await forgetDeliveries(deps.db, activation.id, parts);
  return { uploadAgain: parts };
}

/**
 * Creates under a name that only this activation uses, so that a look at TikTok's list tells without doubt whether it
 * was created, and gives it the wanted name afterwards. TikTok lets several audiences have one name, and a repeated
 * `create` makes a second audience.
 */
async function create(publishing: Publishing): Promise<void> {
  const { deps, tiktok, activation, token, signal } = publishing;
  const { advertiserId } = activation;
  const wanted = activation.request.audience.name ?? activation.id;
  const name = oneTimeName(wanted, activation.id);

  if ((await findPublication(deps.db, activation.id))?.published_at == null) {
    const first = await recordIntent(deps.db, {
      activationId: activation.id,
      action: 'create',
      oneTimeName: name,
      audienceId: null,
    });
    const made = first ? null : await adoptCreated(publishing, name);
    const { audienceId, requestId } =
      made ??
      (await tiktok.createAudience(token, { advertiserId, name, ...(await content(publishing)) }, signal));
    await recordPublished(deps.db, activation.id, { audienceId, requestId });
  }

  const publication = await findPublication(deps.db, activation.id);
  const audienceId = publication?.audience_id;
  if (audienceId === undefined || audienceId === null) throw new Error('a publication without an audience');
  await recordAudience(deps.db, activation.id, { id: audienceId, state: 'processing', matched: null });
  if (publication?.named_at === null) {
    await tiktok.renameAudience(token, { advertiserId, audienceId, name: wanted }, signal);
    await recordNamed(deps.db, activation.id);
  }
}

/** The audience that an earlier attempt made, if it did. More than one can only be ours, and the others are deleted. */
async function adoptCreated(
  { tiktok, activation, token, signal }: Publishing,
  name: string,
): Promise<{ audienceId: string; requestId: null } | null> {
  const made: AudienceSummary[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const list = await tiktok.listAudiences(token, activation.advertiserId, page, signal);
    pages = list.totalPages;
    made.push(...list.audiences.filter((audience) => audience.name === name));
  }
  const [kept, ...extras] = made.map((audience) => audience.audienceId);
  if (kept === undefined) return null;
  if (extras.length > 0) await tiktok.deleteAudiences(token, activation.advertiserId, extras, signal);
  return { audienceId: kept, requestId: null };
}

/** Appends, removes or replaces. These are operations on sets: one that is repeated changes nothing more. */
async function change(publishing: Publishing, action: UpdateAction): Promise<void> {
  const { deps, tiktok, activation, token, signal } = publishing;
  const { audienceId } = activation.request.audience;
  if (audienceId === undefined) throw new Error('a change without an audience');
  await recordIntent(deps.db, { activationId: activation.id, action, oneTimeName: null, audienceId });
  if ((await findPublication(deps.db, activation.id))?.published_at == null) {
    const { filePaths } = await content(publishing);
    const { requestId } = await tiktok.updateAudience(
      token,
      { advertiserId: activation.advertiserId, audienceId, action, filePaths },
      signal,
    );
    await recordPublished(deps.db, activation.id, { audienceId, requestId });
  }
  await recordAudience(deps.db, activation.id, { id: audienceId, state: 'processing', matched: null });
}

async function content({ deps, activation }: Publishing) {
  const preparation = await loadPreparation(deps.db, activation);
  const deliveries = await listDeliveries(deps.db, activation.id);
  if (deliveries.length !== preparation.partsTotal) {
    throw new Error(`${deliveries.length} of ${preparation.partsTotal} parts are delivered`);
  }
  const { retentionInDays } = activation.request.audience;
  return {
    filePaths: deliveries.map((delivery) => delivery.file_path),
    calculateType: storedPlan.parse(preparation.plan).layout.calculateType,
    ...(retentionInDays === undefined ? {} : { retentionInDays }),
  };
}
