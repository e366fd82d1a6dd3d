import type { RunFailure } from '../activation/attention.js';
import { HELP_WHILE_UNKNOWN, helpOncePublished, type RunEnd } from '../activation/end-attention.js';
import { ACTIVATION_FAILURES } from './activation-failure.js';

/** Why a run ends that no activity has ended for good; the rest of the closed set. */
export const RUN_FAILURES: Readonly<Record<string, string>> = {
  advertiser_gone:
    'Choose another ad account, or ask in TikTok Business Center what became of this one; then start the activation again.',
  reconnect_timed_out: 'Reconnect TikTok, then start the activation again.',
  approval_timed_out: 'Start the activation again and answer its question in the time given.',
  removal_rejected:
    'To have no such audience: delete it in TikTok Ads Manager and create a new one without these people.',
  change_rejected: 'Check that it is the right file for this audience, then start the activation again.',
  internal: 'Start the activation again; if it fails once more, report its id.',
};

/** Where the audience exists already, or may exist, so that nothing is to be started again. */
const ONCE_ASKED: Readonly<Record<string, string>> = {
  advertiser_gone: 'Ask in TikTok Business Center what became of the ad account.',
  reconnect_timed_out: 'Reconnect TikTok before the next activation.',
};

interface EndedRun extends Pick<RunEnd, 'action'> {
  readonly received: Pick<RunEnd['received'], 'published' | 'outcomeUnknown'>;
}

/**
 * What a person can do about the failure of a run: what TikTok's code asks for, or what the failure's own does, or the
 * general advice for bad files; and whether to start again, which would make a second audience where TikTok has one, or
 * may have one.
 */
export function failureHelp(
  { code, help }: Pick<RunFailure, 'code' | 'help'>,
  { action, received: { published, outcomeUnknown } }: EndedRun,
): string {
  if (published || outcomeUnknown) {
    const also = help ?? ONCE_ASKED[code];
    const first = published ? helpOncePublished({ action }) : HELP_WHILE_UNKNOWN;
    return also === undefined ? first : `${first} ${also}`;
  }
  if (help !== undefined) return `${help} Then start the activation again.`;
  const known: Readonly<Record<string, string>> = { ...ACTIVATION_FAILURES, ...RUN_FAILURES };
  return known[code] ?? 'Correct the file, upload it again and start a new activation.';
}
