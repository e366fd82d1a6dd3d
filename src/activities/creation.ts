import { findPublication } from '../database/publications.js';
import type { AudienceSummary } from '../tiktok/client.js';
import { type FoundAudience, findCreated } from './created-audience.js';
import { deleteExtras } from './delete-extras.js';
import { loadPreparation } from './loaded-activation.js';
import { oneTimeName } from './one-time-name.js';
import type { Publishing, Target } from './publishing.js';
import { storedPlan } from './stored-plan.js';

/**
 * Creates under a name that only this activation uses, so that a look at TikTok's list tells without doubt whether it
 * was created. TikTok lets several audiences have one name, and a repeated `create` makes a second audience.
 */
export function creation(publishing: Publishing): Target {
  const { tiktok, activation, token, signal } = publishing;
  const { advertiserId } = activation;
  const name = creationName(publishing);
  return {
    async look() {
      const found = await lookForCreated(publishing);
      switch (found.kind) {
        case 'none':
          return { kind: 'not_done' };
        case 'ours':
          return { kind: 'done', audienceId: found.audienceId };
        case 'strange':
          return {
            kind: 'unclear',
            title: 'Is this audience the one that was asked for?',
            detail:
              `TikTok has the audience ${found.audienceId} under the name “${name}”, which only this run uses, but of ` +
              'another owner or kind than it asked for. Rename or delete that audience in TikTok Ads Manager and ' +
              'approve, so that the run looks again; or reject, and the run ends.',
          };
      }
    },

    async settle() {
      await deleteOthers(publishing);
    },

    async prepare() {
      return {
        kind: 'ready',
        intent: {
          activationId: activation.id,
          action: 'create',
          oneTimeName: name,
          audienceId: null,
          historyBefore: null,
        },
      };
    },

    send(content, letGo) {
      const { retentionInDays } = activation.request.audience;
      const audience = {
        advertiserId,
        name,
        ...content,
        ...(retentionInDays === undefined ? {} : { retentionInDays }),
      };
      return tiktok.createAudience(token, audience, signal, letGo);
    },
  };
}

/**
 * Deletes what carries the one-time name of the activation beside its audience, and returns how many there were. Which
 * one is its own, the record says, and not the list: two attempts that look at different moments see different ones first.
 */
export async function deleteOthers(publishing: Publishing): Promise<number> {
  const { deps, activation } = publishing;
  const kept = (await findPublication(deps.db, activation.id))?.audience_id;
  // Without an audience of its own, what carries the name may yet be taken for it.
  if (kept === undefined || kept === null) return 0;
  const found = await lookForCreated(publishing);
  if (found.kind !== 'ours') return 0;
  const others = [found.audienceId, ...found.extras].filter((audienceId) => audienceId !== kept);
  await deleteExtras(publishing, others);
  return others.length;
}

/** What TikTok's list holds of this activation's create requests. */
async function lookForCreated(publishing: Publishing): Promise<FoundAudience> {
  const { deps, activation } = publishing;
  const preparation = await loadPreparation(deps.db, activation);
  const { calculateType } = storedPlan.parse(preparation.plan).layout;
  return findCreated(await allAudiences(publishing), {
    oneTimeName: creationName(publishing),
    calculateType,
  });
}

/** Every page of TikTok's list. */
async function allAudiences({ tiktok, activation, token, signal }: Publishing): Promise<AudienceSummary[]> {
  const audiences: AudienceSummary[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const list = await tiktok.listAudiences(token, activation.advertiserId, page, signal);
    pages = list.totalPages;
    audiences.push(...list.audiences);
  }
  return audiences;
}

function creationName({ activation }: Publishing): string {
  return oneTimeName(activation.request.audience.name ?? activation.id, activation.id);
}
