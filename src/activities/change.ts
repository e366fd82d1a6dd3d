import { historyMarks, operationInHistory } from '../activation/audience-history.js';
import { takeTurn } from '../database/audience-turns.js';
import { readDatabaseTime } from '../database/clock.js';
import { advertiserTimeZone } from '../database/connections.js';
import { wasChangedByOthers } from '../database/publications.js';
import type { AudienceDetails, UpdateAction } from '../tiktok/client.js';
import { checkChangeable, isBeingProcessed, requireConfirmedSize } from './changeable-audience.js';
import type { Publishing, Target } from './publishing.js';

const UPDATE_ACTIONS = { append: 'APPEND', remove: 'REMOVE', replace: 'REPLACE' } as const satisfies Record<
  string,
  UpdateAction
>;

/** Appends to, removes from or replaces an audience. The history of the audience tells whether it was done. */
export function change(publishing: Publishing, wanted: keyof typeof UPDATE_ACTIONS): Target {
  const { deps, tiktok, activation, token, signal } = publishing;
  const { advertiserId } = activation;
  const action = UPDATE_ACTIONS[wanted];
  const audienceId = activation.request.audience.audienceId;
  if (audienceId === undefined) throw new Error('a change without an audience');

  const details = async (): Promise<AudienceDetails | undefined> =>
    (await tiktok.getAudiences(token, advertiserId, [audienceId], signal))[0];

  const timeZone = () => advertiserTimeZone(deps.db, activation);
  const now = () => readDatabaseTime(deps.db);

  return {
    async look(publication) {
      const audience = await details();
      const before = publication.history_before ?? [];
      const seen = audience === undefined ? 'not_done' : operationInHistory(action, before, audience.history);
      const foreign = seen === 'done' && (await wasChangedByOthers(deps.db, publication, audienceId));
      switch (foreign ? 'unclear' : seen) {
        case 'done':
          return { kind: 'done', audienceId };
        case 'not_done':
          return audience !== undefined && isBeingProcessed(audience, await timeZone(), await now())
            ? { kind: 'processing' }
            : { kind: 'not_done' };
        case 'unclear':
          return {
            kind: 'unclear',
            title: 'Has TikTok changed the audience already?',
            detail:
              `The answer to the request (${wanted}) was lost, and the history of the audience ${audienceId} has a new ` +
              'entry that may be this change or somebody else’s. Look at the audience in TikTok Ads Manager. Approve ' +
              'to make the change (once more: it adds or removes nobody twice); or reject, and the run ends.',
          };
      }
    },

    async prepare(again) {
      // A run that was reset may come here past the wait for its turn.
      const turn = await takeTurn(deps.db, { activationId: activation.id, advertiserId, audienceId });
      if (turn.kind === 'busy') return { kind: 'busy' };
      const audience = await details();
      const changeable = checkChangeable(activation, audienceId, audience, await timeZone(), await now());
      // The size may be that of the change itself.
      if (!again) requireConfirmedSize(activation, audienceId, changeable);
      if (!changeable.editable) return { kind: 'busy' };
      return {
        kind: 'ready',
        intent: {
          activationId: activation.id,
          action,
          oneTimeName: null,
          audienceId,
          historyBefore: historyMarks(audience?.history ?? []),
        },
      };
    },

    async send({ filePaths }, letGo) {
      const update = { advertiserId, audienceId, action, filePaths };
      return { audienceId, ...(await tiktok.updateAudience(token, update, signal, letGo)) };
    },
  };
}
