import type { Attention } from '../activation/attention.js';
import type { FinalPhase } from '../activation/phases.js';

interface End {
  readonly outcome: FinalPhase;
  readonly audienceState: string | null;
  /** TikTok's own, about the audience. */
  readonly words: string | null;
  /** The one-time name that a created audience still has, since TikTok let it not be renamed. */
  readonly unnamed: string | null;
  /** Whether TikTok is known to have created or changed the audience. */
  readonly published: boolean;
  /** Whether TikTok was asked to, and its answer is not known. */
  readonly outcomeUnknown: boolean;
  /** Parts that TikTok has received. */
  readonly uploaded: number;
}

/** What the person should know or do after the end of a run, if anything. */
export function endAttention(end: End): Attention | null {
  if (end.outcome === 'completed') return afterDelivery(end);
  if (end.outcome === 'canceled') {
    return { code: 'canceled', title: 'The run was canceled', detail: received(end), url: null };
  }
  return null;
}

function afterDelivery({ audienceState, words, unnamed, published }: End): Attention | null {
  switch (audienceState) {
    case 'too_small':
      return {
        code: 'audience_too_small',
        title: 'The audience is too small to be used',
        detail:
          'TikTok matched fewer than 1,000 users, the least it accepts. Everything was delivered. Create an audience of ' +
          'more customers (TikTok changes none that ended too small), and check with the preview that the columns hold ' +
          `e-mails, phone numbers with country code or mobile advertising ids.${quoted(words)}`,
        url: null,
      };
    case 'failed':
      return {
        code: 'audience_failed',
        title: 'TikTok could not build the audience',
        detail:
          'Everything was delivered, but TikTok reports a failure of its own. Look at the audience in TikTok Ads ' +
          `Manager.${quoted(words)}`,
        url: null,
      };
    case 'gone':
      return {
        code: 'audience_gone',
        title: 'The audience is gone',
        detail: 'TikTok no longer knows the audience: somebody deleted it after it was published.',
        url: null,
      };
    case 'expired':
      return {
        code: 'audience_expired',
        title: 'The audience has expired',
        detail:
          'Its time was over before TikTok had finished. It holds nobody any more and can only be deleted: create a new one, ' +
          `with a longer retention.${quoted(words)}`,
        url: null,
      };
    default:
      return unnamed === null || !published ? null : notRenamed(unnamed);
  }
}

function notRenamed(name: string): Attention {
  return {
    code: 'audience_not_renamed',
    title: 'The audience has a provisional name',
    detail: `TikTok has not let the audience be renamed: it is called “${name}”. Rename it in TikTok Ads Manager.`,
    url: null,
  };
}

function quoted(words: string | null): string {
  return words === null ? '' : ` TikTok says: “${words}”`;
}

function received({ published, outcomeUnknown, uploaded, unnamed }: End): string {
  if (published) {
    const name = unnamed === null ? '' : ` It is still called “${unnamed}”.`;
    return `TikTok had received everything before and has built or changed the audience.${name}`;
  }
  if (outcomeUnknown)
    return 'TikTok had been asked to build or change the audience, and its answer is not known. Look in TikTok Ads Manager.';
  if (uploaded === 0) return 'TikTok has received nothing.';
  return `TikTok has received ${uploaded} hashed file${uploaded === 1 ? '' : 's'}, of which no audience was made; it deletes them by itself.`;
}
