import type { Activation } from '../api/schemas/activation.js';
import type { LiveStatus } from './output.js';
import { isOver, PHASE_WORDS } from './phases.js';
import { formatCount, formatDuration } from './quantities.js';

const WAITING_WORDS: Readonly<Record<NonNullable<Activation['waiting']>['kind'], string>> = {
  rate_limit: "TikTok's rate limit",
  tiktok_unavailable: 'TikTok does not answer',
  matching: 'TikTok is matching, which can take 24 to 48 hours',
  audience_busy: 'an earlier change of this audience comes first',
  storage: 'the storage is full or does not answer',
};

/** The run as one moving line. */
export function statusOfRun(run: Activation, now: Date): LiveStatus {
  return {
    label: PHASE_WORDS[run.phase],
    fraction: run.phase === 'delivering' ? delivered(run) : null,
    detail: [...detail(run), ...waiting(run, now)].join('  '),
  };
}

/** Several runs as one moving line: how far they are together, and how many are in each phase. */
export function statusOfRuns(runs: readonly Activation[]): LiveStatus {
  const phases = new Map<string, number>();
  for (const { phase } of runs) phases.set(PHASE_WORDS[phase], (phases.get(PHASE_WORDS[phase]) ?? 0) + 1);
  const shares = runs.map((run) => (isOver(run.phase) ? 1 : delivered(run)));
  return {
    label: `${runs.length} runs`,
    fraction: shares.reduce((sum, share) => sum + share, 0) / runs.length,
    detail: [...phases].map(([words, count]) => `${count} ${words.toLowerCase()}`).join(', '),
  };
}

/** Preparing and uploading a part each count as half of it. A dry run uploads nothing. */
function delivered({ progress, dryRun }: Activation): number {
  if (progress.partsTotal === 0) return 0;
  const done = dryRun ? progress.partsPrepared : (progress.partsPrepared + progress.partsUploaded) / 2;
  return done / progress.partsTotal;
}

function detail({ phase, progress, audience }: Activation): string[] {
  switch (phase) {
    case 'splitting':
      return progress.rowsTotal > 0 ? [`${formatCount(progress.rowsTotal)} rows`] : [];
    case 'delivering':
      return [
        `${formatCount(progress.rowsRead)} of ${formatCount(progress.rowsTotal)} rows`,
        `${formatCount(progress.partsUploaded)} of ${formatCount(progress.partsTotal)} parts at TikTok`,
      ];
    case 'publishing':
    case 'matching':
      return audience.name === null ? [] : [`audience "${audience.name}"`];
    case 'queued':
    case 'inspecting':
    case 'reporting':
    case 'waiting_for_reconnect':
    case 'waiting_for_approval':
    case 'paused':
    case 'completed':
    case 'failed':
    case 'canceled':
      return [];
  }
}

function waiting({ waiting: wait }: Activation, now: Date): string[] {
  if (wait === null) return [];
  if (wait.until === null) return [`(${WAITING_WORDS[wait.kind]})`];
  const seconds = (new Date(wait.until).getTime() - now.getTime()) / 1000;
  return [`(${WAITING_WORDS[wait.kind]}; next try in ${formatDuration(seconds)})`];
}
