import { createReadStream } from 'node:fs';
import { Context } from '@temporalio/activity';
import { partKey } from '../activation/object-keys.js';
import { storedLedger } from '../activation/stored-ledger.js';
import { findDelivery, recordDelivery } from '../database/deliveries.js';
import { findPart } from '../database/preparation-parts.js';
import { ActivationFailure } from './activation-failure.js';
import type { ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation, loadPreparation } from './loaded-activation.js';
import type { PartInput } from './prepare-part.js';
import { storedPlan } from './stored-plan.js';

/**
 * Uploads one prepared part to TikTok. A part that is recorded as delivered is not uploaded again, and one of which no
 * row is sent not at all.
 */
export function uploadPart(deps: ActivityDependencies) {
  return async (input: PartInput): Promise<void> => {
    const { db, store, access } = deps;
    if ((await findDelivery(db, input.activationId, input.part)) !== undefined) return;
    const activation = await loadActivation(db, input.activationId);
    const preparation = await loadPreparation(db, activation);
    const { md5, ledger } = (await findPart(db, preparation.id, input.part)) ?? {};
    if (md5 == null || ledger == null) throw new Error(`part ${input.part + 1} is not prepared`);
    // TikTok refuses an empty file: all rows of this part were rejected, excluded or blank.
    if (storedLedger.parse(ledger).rowsSent === 0) return;
    // An open run keeps its parts. One that was reset in Temporal may have lost them between its end and now.
    if (preparation.discarded) {
      throw new ActivationFailure(
        'upload_gone',
        'The prepared parts of this run were deleted after its end.',
      );
    }
    const { calculateType } = storedPlan.parse(preparation.plan).layout;

    await heartbeating(async (signal) => {
      const content = await store.materialise(partKey(preparation.id, input.part));
      try {
        const { filePath, requestId, warning } = await access.withAccess(activation, ({ tiktok, token }) =>
          tiktok.uploadFile(
            token,
            {
              advertiserId: activation.advertiserId,
              calculateType,
              fileName: `${activation.id}-${input.part}.csv`,
              size: content.length,
              md5,
              open: async () =>
                createReadStream(content.path, {
                  start: content.position,
                  end: Math.max(content.position, content.position + content.length - 1),
                }),
            },
            signal,
          ),
        );
        if (warning !== null) {
          const details = { part: input.part, requestId, warning };
          Context.current().log.warn('TikTok took an uploaded part with a warning', details);
        }
        await recordDelivery(db, {
          activationId: activation.id,
          preparationId: preparation.id,
          partIndex: input.part,
          filePath,
          requestId,
          bytes: content.length,
        });
      } finally {
        await content.release();
      }
    });
  };
}
