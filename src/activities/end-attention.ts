import type { Attention } from '../activation/attention.js';
import type { FinalPhase } from '../activation/phases.js';

interface End {
  readonly outcome: FinalPhase;
  readonly audienceState: string | null;
  /** Whether TikTok is known to have created or changed the audience, or was at least asked to. */
  readonly published: boolean;
  readonly intended: boolean;
  /** Parts that TikTok has received. */
  readonly uploaded: number;
}

/** What the person should know or do after the end of a run, if anything. */
export function endAttention(end: End): Attention | null {
  if (end.outcome === 'completed') return afterDelivery(end.audienceState);
  if (end.outcome === 'canceled') {
    return { code: 'canceled', title: 'The run was canceled', detail: received(end), url: null };
  }
  return null;
}

function afterDelivery(state: string | null): Attention | null {
  switch (state) {
    case 'too_small':
      return {
        code: 'audience_too_small',
        title: 'The audience is too small to be used',
        detail:
          'TikTok matched fewer than 1,000 users, the least it accepts. Everything was delivered. Append more ' +
          'customers, or check with the preview that the columns hold e-mails, phone numbers with country code or ' +
          'mobile advertising ids.',
        url: null,
      };
    case 'failed':
      return {
        code: 'audience_failed',
        title: 'TikTok could not build the audience',
        detail:
          'Everything was delivered, but TikTok reports a failure of its own. Look at the audience in TikTok Ads Manager.',
        url: null,
      };
    case 'gone':
      return {
        code: 'audience_gone',
        title: 'The audience is gone',
        detail: 'TikTok no longer knows the audience: somebody deleted it after it was published.',
        url: null,
      };
    default:
      return null;
  }
}

function received({ published, intended, uploaded }: End): string {
  if (published) return 'TikTok had received everything before and has built or changed the audience.';
  if (intended)
    return 'TikTok had been asked to build or change the audience, and its answer is not known. Look in TikTok Ads Manager.';
  if (uploaded === 0) return 'TikTok has received nothing.';
  return `TikTok has received ${uploaded} hashed file${uploaded === 1 ? '' : 's'}, of which no audience was made; it deletes them by itself.`;
}
