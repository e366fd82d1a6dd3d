import type { Activation } from '../api/schemas/activation.js';
import { isOver, PHASE_WORDS } from './phases.js';
import { predictedFiles } from './prediction.js';
import { PROGRAM, PROGRAM_FOR_OUTPUT } from './program-name.js';
import { formatCount, formatShare } from './quantities.js';
import { renderTable } from './table.js';

type IdentifierCounts = NonNullable<Activation['identifiers']['email']>;
type RejectionReason = keyof IdentifierCounts['rejected'];
type AudienceState = NonNullable<Activation['audience']['state']>;

const REASON_WORDS: Readonly<Record<RejectionReason, string>> = {
  no_identifier: 'the row has no identifier',
  no_at_sign: 'no @ in the e-mail',
  invalid_email: 'not an e-mail address',
  several_values: 'several values in one cell',
  phone_without_country: 'phone without country code (give one: --column HEADER=phone:DE)',
  invalid_phone: 'not a phone number',
  damaged_by_spreadsheet: 'damaged by a spreadsheet (as 4.47E+11)',
  invalid_maid: 'not a mobile advertising id',
  all_zero_maid: 'advertising id of zeros (tracking switched off)',
  unsupported_hash: 'a hash that TikTok does not take',
  hash_of_nothing: 'the hash of an empty value',
};

const STATE_WORDS: Readonly<Record<AudienceState, string>> = {
  processing: 'is still being matched by TikTok',
  ready: 'is ready',
  too_small: 'is too small to be used',
  failed: 'could not be built by TikTok',
  expiring: 'is ready and expires soon',
  expired: 'has expired',
  gone: 'is gone',
};

const SIMULATION = 'A simulation: the sandbox stood in for TikTok, and TikTok itself received nothing.';

const STRANGERS =
  'The sandbox knows only the invented people of examples/: customers of your own match nobody.';

/** The whole account of a run: what became of the audience and of every row. */
export function reportOfRun(run: Activation): string[] {
  return [
    headline(run),
    ...simulationNotes(run),
    ...failureOf(run),
    ...attentionOf(run),
    ...audienceNotes(run),
    '',
    ...ledger(run),
    ...identifiers(run),
    ...rejections(run),
    ...predictedFiles(run),
    '',
    ...links(run),
  ];
}

function simulationNotes({ simulation, audience }: Activation): string[] {
  if (!simulation) return [];
  return audience.state === 'too_small' ? [SIMULATION, STRANGERS] : [SIMULATION];
}

/** What a person has to do now, if anything. */
export function attentionOf({ attention }: Activation): string[] {
  if (attention === null) return [];
  return [
    `${attention.title}: ${attention.detail}`,
    ...(attention.url === null ? [] : [`  ${attention.url}`]),
  ];
}

/** Whether every row of the file is accounted for. */
export function ledgerBalances({ progress }: Activation): boolean {
  const accounted = progress.rowsSent + progress.rowsRejected + progress.rowsExcluded + progress.rowsBlank;
  return accounted === progress.rowsRead && progress.rowsRead === progress.rowsTotal;
}

function headline({ id, phase, dryRun, audience }: Activation): string {
  const what = `${PHASE_WORDS[phase]}: run ${id}`;
  if (dryRun) return `${what}, a dry run: nothing was sent to TikTok.`;
  if (audience.state === null) return `${what}.`;
  const name = audience.name === null ? 'the audience' : `audience "${audience.name}"`;
  const at = audience.id === null ? '' : ` (${audience.id})`;
  // Of an audience below its minimum TikTok shows no size.
  const shown = audience.state === 'too_small' && audience.matched === 0 ? null : audience.matched;
  const matched = shown === null ? '' : `; ${formatCount(shown)} people matched`;
  return `${what}; ${name}${at} ${STATE_WORDS[audience.state]}${matched}.`;
}

/** How many were found, what TikTok says, and what the change means. */
function audienceNotes({ audience, attention }: Activation): string[] {
  const { matchRate, words, caution } = audience;
  const quoted = words !== null && attention?.detail.includes(words) === true;
  return [
    ...(matchRate === null
      ? []
      : [
          `Match rate: about ${formatShare(matchRate.matched, matchRate.peopleSent)} (${formatCount(matchRate.matched)} of ${formatCount(matchRate.peopleSent)}).`,
          `  ${matchRate.formula}`,
        ]),
    ...(words === null || quoted ? [] : [`TikTok says: ${words}`]),
    ...(caution === null ? [] : [caution]),
  ];
}

function failureOf(run: Activation): string[] {
  const { id, failure } = run;
  const request = failure?.requestId == null ? '' : `TikTok's id of the call: ${failure.requestId}`;
  const lines = failure === null ? [] : [failure.detail, failure.help, request].filter((line) => line !== '');
  return mayBeRetried(run)
    ? [...lines, `Start it again, on what is prepared already: ${PROGRAM} retry ${id}`]
    : lines;
}

/** Whether the API takes a retry: not once TikTok has the request, nor while nobody knows whether it has. */
function mayBeRetried({ phase, attention, audience }: Activation): boolean {
  if (audience.state !== null) return false;
  // Whatever TikTok has of a canceled run, the code is one: only the words tell.
  if (phase === 'canceled') return attention?.detail.includes('retry the run') === true;
  return phase === 'failed' && (attention === null || attention.code === 'not_published');
}

function ledger(run: Activation): string[] {
  const { rowsSent, rowsRejected, rowsExcluded, rowsBlank, rowsRead } = run.progress;
  const line = (name: string, count: number): string[] => [
    `  ${name}`,
    formatCount(count),
    formatShare(count, rowsRead),
  ];
  const table = renderTable(
    [
      { title: 'Rows', align: 'left' },
      { title: '', align: 'right' },
      { title: '', align: 'right' },
    ],
    [
      line('sent', rowsSent),
      line('rejected', rowsRejected),
      line('excluded', rowsExcluded),
      line('blank', rowsBlank),
      ['  read', formatCount(rowsRead)],
    ],
  );
  return [...table, balanceWords(run)];
}

function balanceWords(run: Activation): string {
  const { rowsRead, rowsTotal } = run.progress;
  const total = formatCount(rowsTotal);
  if (ledgerBalances(run)) return `The ledger balances: all ${total} rows of the file are accounted for.`;
  if (isOver(run.phase) && rowsRead === rowsTotal) return 'The ledger does not balance.';
  return `Read so far: ${formatCount(rowsRead)} of ${total} rows of the file.`;
}

function identifiers({ identifiers: byType, distinctEstimate }: Activation): string[] {
  const rows = Object.entries(byType).map(([name, counts]) => [
    `  ${name}`,
    formatCount(counts.cells),
    formatCount(counts.sent),
    formatCount(counts.prehashed),
    formatCount(counts.empty),
    formatCount(sum(Object.values(counts.rejected))),
  ]);
  if (rows.length === 0) return [];
  const table = renderTable(
    [
      { title: 'Identifiers', align: 'left' },
      { title: 'cells', align: 'right' },
      { title: 'sent', align: 'right' },
      { title: 'came hashed', align: 'right' },
      { title: 'empty', align: 'right' },
      { title: 'rejected', align: 'right' },
    ],
    rows,
  );
  const people =
    distinctEstimate > 0 ? [`About ${formatCount(distinctEstimate)} different people were sent.`] : [];
  return ['', ...table, ...people];
}

function rejections({ identifiers: byType }: Activation): string[] {
  const rows = Object.entries(byType).flatMap(([name, { rejected }]) =>
    reasonsOf(rejected).map(([reason, count]) => [
      `  ${name}`,
      formatCount(count),
      REASON_WORDS[reason] ?? reason,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    '',
    ...renderTable(
      [
        { title: 'Rejected cells', align: 'left' },
        { title: '', align: 'right' },
        { title: '', align: 'left' },
      ],
      rows,
    ),
  ];
}

/** Most frequent first. */
function reasonsOf(rejected: IdentifierCounts['rejected']): [RejectionReason, number][] {
  const reasons = Object.entries(rejected) as [RejectionReason, number][];
  return reasons.filter(([, count]) => count > 0).sort(([, left], [, right]) => right - left);
}

function links({ id, audience, progress, links: to }: Activation): string[] {
  const lines = [`Run           ${to.console}`];
  if (to.temporal !== null) lines.push(`Temporal      ${to.temporal}`);
  if (progress.rowsRejected > 0)
    lines.push(`Rejected rows ${to.rejectedRows} (or: ${PROGRAM_FOR_OUTPUT} rejected ${id} > rejected.csv)`);
  if (audience.requestId !== null)
    lines.push(`Request id    ${audience.requestId} (TikTok's, of the audience; for its support)`);
  return lines;
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
