import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { endWaiting, recordWaiting } from '../database/activation-waits.js';
import { toApplicationFailure } from './application-failure.js';
import { awaitTurn } from './await-turn.js';
import { checkDestination } from './check-destination.js';
import { closeLedger } from './close-ledger.js';
import type { ActivityDependencies } from './dependencies.js';
import { endActivation } from './end-activation.js';
import { inspectUpload } from './inspect-upload.js';
import { RETRY_WAITS } from './mapped-failure.js';
import { pollAudience } from './poll-audience.js';
import { preparePart } from './prepare-part.js';
import { type PublishInput, publishAudience } from './publish-audience.js';
import { awaitReconnect, recheckConnection } from './reconnect.js';
import { recordPhase } from './record-phase.js';
import { splitUpload } from './split-upload.js';
import { sweepExtras } from './sweep-extras.js';
import { PAUSE_OF_THE_RUN_MS } from './tiktok-failure.js';
import { earlierTries, keepTries } from './tries.js';
import { uploadPart } from './upload-part.js';

export type Activities = ReturnType<typeof createActivities>;

/** All activities, over one set of dependencies. Each failure leaves here mapped, and is shown on the activation. */
export function createActivities(deps: ActivityDependencies) {
  const mapped = mapFailures(deps, { gated: false });
  /** The workflow calls these through its gate, which waits for TikTok's limits. */
  const gated = mapFailures(deps, { gated: true });
  const publish = publishAudience(deps);
  /** A cancelled run looks past the gate, which waits for nobody any more. */
  const look = mapped(publish);
  const ask = gated(publish);
  return {
    recordPhase: mapped(recordPhase(deps)),
    recheckConnection: mapped(recheckConnection(deps)),
    awaitReconnect: mapped(awaitReconnect(deps)),
    closeLedger: mapped(closeLedger(deps)),
    endActivation: mapped(endActivation(deps)),
    inspectUpload: mapped(inspectUpload(deps)),
    splitUpload: mapped(splitUpload(deps)),
    preparePart: mapped(preparePart(deps)),
    checkDestination: gated(checkDestination(deps)),
    uploadPart: gated(uploadPart(deps)),
    awaitTurn: gated(awaitTurn(deps)),
    publishAudience: (input: PublishInput) => (input.lookOnly ? look(input) : ask(input)),
    pollAudience: gated(pollAudience(deps)),
    sweepExtras: mapped(sweepExtras(deps)),
  };
}

function mapFailures(deps: ActivityDependencies, { gated }: { gated: boolean }) {
  const endRetryWaits = (activationId: string) =>
    endWaiting(deps.db, activationId, RETRY_WAITS, PAUSE_OF_THE_RUN_MS);
  return <Input extends object, Output>(activity: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      const context = Context.current();
      const { info, cancellationSignal } = context;
      const activationId = 'activationId' in input ? String(input.activationId) : null;
      try {
        const output = await activity(input);
        if (info.attempt > 1 && activationId !== null) await endRetryWaits(activationId);
        return output;
      } catch (error) {
        if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
        // Whatever broke off the work because of a cancellation or a shutdown, that is the cause to report.
        if (cancellationSignal.aborted) throw cancellationSignal.reason;
        const { failure, wait, tries } = toApplicationFailure(error, earlierTries(context), gated);
        if (wait !== null && activationId !== null) {
          await recordWaiting(deps.db, activationId, wait).catch(() => undefined);
        } else if (failure.nonRetryable && info.attempt > 1 && activationId !== null) {
          await endRetryWaits(activationId).catch(() => undefined);
        }
        if (failure.type === 'unexpected') context.log.error('unexpected error', { error });
        keepTries(context, tries);
        throw failure;
      }
    };
}
