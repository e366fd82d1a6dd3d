import type { Attention } from './attention.js';
import type { FinalPhase } from './phases.js';

export interface RunEnd {
  readonly outcome: FinalPhase;
  /** Whether Temporal ended the run, which could say nothing itself. */
  readonly cutOff: boolean;
  readonly action: 'create' | 'append' | 'remove' | 'replace';
  /** As asked for, of a created audience. */
  readonly name: string | null;
  readonly audienceState: string | null;
  /** TikTok's own, about the audience. */
  readonly words: string | null;
  readonly received: {
    /** Files that TikTok has received. */
    readonly files: number;
    /** Whether TikTok is known to have created or changed the audience. */
    readonly published: boolean;
    /** Whether TikTok was asked to, and its answer is not known. */
    readonly outcomeUnknown: boolean;
    readonly audienceId: string | null;
    /** The one-time name that a created audience still has, since TikTok let it not be renamed. */
    readonly oneTimeName: string | null;
  };
}

/** What the person should know or do after the end of a run, if anything. */
export function endAttention(end: RunEnd): Attention | null {
  switch (end.outcome) {
    case 'completed':
      return afterDelivery(end);
    case 'canceled':
      return {
        code: 'canceled',
        title: 'The run was canceled',
        detail: [received(end), ...undo(end)].join(' '),
        url: null,
      };
    case 'failed':
      return afterFailure(end);
  }
}

/** What help to give for a failure after which the audience exists; the usual one says to start again. */
export function helpOncePublished({ action }: Pick<RunEnd, 'action'>): string {
  return action === 'create'
    ? 'Look at the audience in TikTok Ads Manager. Do not start the activation again: that would make a second audience.'
    : 'Look at the audience in TikTok Ads Manager. The change need not be made again.';
}

/** What help to give for a failure after which nobody knows whether TikTok has made the audience or the change. */
export const HELP_WHILE_UNKNOWN =
  'Look in TikTok Ads Manager whether TikTok has taken the request, before you start anything again.';

function afterFailure(end: RunEnd): Attention | null {
  const { published, outcomeUnknown, files } = end.received;
  if (published) {
    const title =
      end.action === 'create' ? 'The audience exists at TikTok' : 'TikTok has changed the audience';
    const detail = `${received(end)} The run failed only after that. ${helpOncePublished(end)}`;
    return { code: 'audience_exists', title, detail, url: null };
  }
  if (outcomeUnknown)
    return { code: 'outcome_unknown', title: 'TikTok may have taken it', detail: received(end), url: null };
  if (files === 0 && !end.cutOff) return null;
  return {
    code: 'not_published',
    title: 'No audience was made or changed',
    detail: received(end),
    url: null,
  };
}

function afterDelivery({
  audienceState,
  words,
  received: { oneTimeName, published },
}: RunEnd): Attention | null {
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
      return oneTimeName === null || !published ? null : notRenamed(oneTimeName);
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

/** What a person who cancelled can do about what has happened; nothing where that is not known. */
function undo({ action, received: { published, outcomeUnknown } }: RunEnd): string[] {
  if (!published) {
    return outcomeUnknown
      ? []
      : ['To go on after all, retry the run: what is prepared is kept for seven days.'];
  }
  switch (action) {
    case 'create':
      return ['To undo it, delete the audience in TikTok Ads Manager.'];
    case 'append':
      return [
        'To undo it, start an activation that removes the same file; it also removes those of them who were in the audience before.',
      ];
    case 'remove':
      return [
        'To undo it, start an activation that appends the same file; it also adds those of them who were not in the audience before.',
      ];
    case 'replace':
      return ['It cannot be undone, as TikTok keeps no earlier content: replace it by the file from before.'];
  }
}

function received({ action, name, received: has }: RunEnd): string {
  const files = `${has.files} hashed file${has.files === 1 ? '' : 's'}`;
  const its = has.oneTimeName ?? name;
  const audience = [
    its === null ? '' : ` “${its}”`,
    has.audienceId === null ? '' : ` (${has.audienceId})`,
  ].join('');
  if (has.published) {
    const done = action === 'create' ? 'created' : 'taken the change of';
    return `TikTok had received everything, ${files}, and has ${done} the audience${audience}.`;
  }
  if (has.outcomeUnknown) {
    const asked = action === 'create' ? 'create' : 'change';
    return (
      `TikTok has received ${files} and had been asked to ${asked} the audience${audience}; its answer is not known. ` +
      'Look in TikTok Ads Manager before you start again.'
    );
  }
  if (has.files === 0) return 'TikTok has received nothing.';
  return `TikTok has received ${files}, of which no audience was made or changed; it deletes them by itself.`;
}
