import { ACTIVATION_FAILURES } from './activation-failure.js';

const OTHERS: Readonly<Record<string, string>> = {
  advertiser_gone:
    'Choose another ad account, or ask in TikTok Business Center what became of this one; then start the activation again.',
  reconnect_timed_out: 'Reconnect TikTok, then start the activation again.',
  approval_timed_out: 'Start the activation again and answer its question in the time given.',
  removal_rejected:
    'To have no such audience: delete it in TikTok Ads Manager and create a new one without these people.',
  change_rejected: 'Check that it is the right file for this audience, then start the activation again.',
  internal: 'Start the activation again; if it fails once more, report its id.',
};

/** What a person can do about a failure: by its code, or the general advice for bad files. */
export function failureHelp(code: string): string {
  const known: Readonly<Record<string, string>> = { ...ACTIVATION_FAILURES, ...OTHERS };
  return known[code] ?? 'Correct the file, upload it again and start a new activation.';
}
