import { type Attention, MENDED_BY_SETTINGS, type RunFailure } from '../activation/attention.js';
import type { Phase } from '../activation/phases.js';
import { dayAndTime } from '../activation/points-in-time.js';
import type { ActivateAudienceInput, RunProgress } from './messages.js';

/** A person whom the run waits for. */
export interface Held {
  readonly attention: Attention;
  /** When the run is given up. */
  readonly untilMs: number;
}

/** What the page tells beside the counts. */
export interface Situation {
  readonly held: Held | null;
  /** What the run waits for by itself, in words. */
  readonly waiting: string | null;
  readonly failure: RunFailure | null;
}

interface Meaning {
  readonly title: string;
  readonly now: string;
  readonly toDo: string;
}

const NOTHING = 'Nothing.';
const SIGNAL = 'More Actions › Send a Signal';

const MEANING: Readonly<Record<Phase, Meaning>> = {
  queued: { title: 'Waiting to begin', now: 'The run is about to begin.', toDo: NOTHING },
  inspecting: {
    title: 'Reading the file',
    now: 'The head of the file is read: encoding, columns, identifiers. Then the advertiser and the audience are checked at TikTok.',
    toDo: NOTHING,
  },
  splitting: {
    title: 'Counting the rows',
    now: 'The rows are counted and the file is cut into parts. Nothing has been sent yet.',
    toDo: NOTHING,
  },
  delivering: {
    title: 'Uploading to TikTok',
    now: 'Part by part, the identifiers are hashed and uploaded to TikTok. The audience is not changed before all parts are there.',
    toDo: NOTHING,
  },
  publishing: {
    title: 'Publishing the audience',
    now: 'TikTok is asked to build the audience from the uploaded parts.',
    toDo: NOTHING,
  },
  matching: {
    title: 'TikTok is matching',
    now: 'TikTok compares the identifiers with its users: often for an hour, at most for 48 hours.',
    toDo: NOTHING,
  },
  reporting: {
    title: 'Finishing',
    now: 'The result is recorded and staged parts are deleted.',
    toDo: NOTHING,
  },
  waiting_for_reconnect: {
    title: 'Waiting for a person: sign in at TikTok',
    now: 'The run stands still. What is done stays done.',
    toDo: `Sign in by the link above; the run then goes on by itself. When something was mended at TikTok without a new sign-in: ${SIGNAL} › \`reconnected\`, without input.`,
  },
  waiting_for_approval: {
    title: 'Waiting for a person: approve or reject',
    now: 'The run stands still until somebody answers.',
    toDo: `Answer in the console, or here: ${SIGNAL} › \`approve\` or \`reject\`, without input.`,
  },
  paused: {
    title: 'Paused by a person',
    now: 'Nothing new begins; what was under way when the pause came is finished first.',
    toDo: `To go on: resume in the console, or here: ${SIGNAL} › \`resume\`, without input.`,
  },
  completed: {
    title: 'Done',
    now: 'The run has ended and every row is accounted for.',
    toDo: 'The size of the audience, the match rate and the rejected rows are in the console.',
  },
  failed: {
    title: 'Failed',
    now: 'The run has ended; nothing more happens.',
    toDo: 'The console says what can be done.',
  },
  canceled: {
    title: 'Canceled by a person',
    now: 'The run has ended; nothing more happens.',
    toDo: 'The console says what TikTok had already received.',
  },
};

/** In their places, when TikTok is not called. */
const MEANING_OF_DRY_RUN: Partial<Readonly<Record<Phase, Meaning>>> = {
  inspecting: {
    title: 'Reading the file',
    now: 'The head of the file is read: encoding, columns, identifiers. The advertiser and the audience are not checked at TikTok in a dry run.',
    toDo: NOTHING,
  },
  delivering: {
    title: 'Preparing the parts',
    now: 'Part by part, the identifiers are hashed as for TikTok. Nothing is sent: it is a dry run.',
    toDo: NOTHING,
  },
  completed: {
    title: 'Done: a dry run',
    now: 'The run has ended and every row is accounted for. TikTok has received nothing.',
    toDo: 'The files that would be uploaded and the rejected rows are in the console. To deliver the file, start it without the dry run.',
  },
};

/** In the place of the one of `waiting_for_reconnect`, when no sign-in is missing. */
const SETTING_MISSING: Meaning = {
  title: 'Waiting for a person: a setting of this service',
  now: 'The run stands still. What is done stays done.',
  toDo: 'Hand this page to whoever runs the service. When the setting is mended, the run goes on by itself within 15 minutes.',
};

/** The page on top of the run in Temporal's Web UI, in Markdown. Holds counts and ids, and nothing about a person. */
export function statusPage(
  input: ActivateAudienceInput,
  progress: RunProgress,
  situation: Situation,
): string {
  const { phase, parts, rowsTotal, partsUploaded, rowsSent, rowsRejected } = progress;
  const { held, waiting, failure } = situation;
  const { title, now, toDo } = meaningOf(phase, held, input.dryRun);
  // Temporal shows the title that a run was started with, and gives it to no later run of the chain.
  const named = input.carried === undefined || input.title === undefined ? [] : [`## ${input.title}`, ''];
  const lines = [...named, `### ${title}`, ''];
  if (failure !== null) lines.push(`> ${failure.detail}`, '');
  if (held !== null) lines.push(...whatIsAsked(held, phase), '');
  lines.push(
    `**What happens now:** ${waiting === null || phase === 'paused' || held !== null ? now : `${now} ${waiting}.`}`,
    '',
  );
  lines.push(`**What to do:** ${failure?.help ?? toDo}`, '');
  lines.push(
    '| | |',
    '| --- | ---: |',
    `| Phase | ${phase} |`,
    `| Rows in the file | ${parts === 0 ? 'not counted yet' : count(rowsTotal)} |`,
    `| Rows prepared to send | ${count(rowsSent)} |`,
    `| Rows rejected | ${count(rowsRejected)} |`,
    `| Parts at TikTok | ${input.dryRun ? 'none: a dry run' : `${count(partsUploaded)} of ${parts === 0 ? '?' : count(parts)}`} |`,
    `| Action | ${input.action}${input.dryRun ? ' (dry run: nothing is sent)' : ''} |`,
    `| Destination | ${input.simulation === true ? 'the sandbox: a simulation, TikTok itself receives nothing' : 'TikTok'} |`,
    `| Advertiser | ${input.advertiserId} |`,
    '',
    `[Open in the console](${input.consoleUrl})`,
  );
  return lines.join('\n');
}

function meaningOf(phase: Phase, held: Held | null, dryRun: boolean): Meaning {
  const bySettings = held !== null && MENDED_BY_SETTINGS.has(held.attention.code);
  if (phase === 'waiting_for_reconnect' && bySettings) return SETTING_MISSING;
  return (dryRun ? MEANING_OF_DRY_RUN[phase] : undefined) ?? MEANING[phase];
}

function whatIsAsked({ attention, untilMs }: Held, phase: Phase): string[] {
  const lines = [`> **${attention.title}**`, '>', `> ${attention.detail}`, '>'];
  const signIn = phase === 'waiting_for_reconnect' && !MENDED_BY_SETTINGS.has(attention.code);
  if (signIn && attention.url !== null) {
    lines.push(`> [Sign in with TikTok again](${attention.url})`, '>');
  }
  return [...lines, `> The run waits until ${dayAndTime(untilMs)} and is given up then.`];
}

/** As people write it: 1,234,567. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
