import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AUDIENCE_STATES } from '../../src/activation/audience-states.js';
import { endAttention } from '../../src/activation/end-attention.js';
import { FINAL_PHASES } from '../../src/activation/phases.js';
import { ACTIVATION_FAILURES } from '../../src/activities/activation-failure.js';
import { RUN_FAILURES } from '../../src/activities/failure-help.js';
import { CUSTOMER_FILE_ERROR_CODES } from '../../src/customer-file/customer-file-error.js';
import { describeRejection } from '../../src/customer-file/identifiers/describe-rejection.js';
import { REJECTION_REASONS } from '../../src/customer-file/identifiers/rejection-reasons.js';

const TEXT = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
const section = (title: string) => TEXT.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
const rowsOf = (title: string, code: string) =>
  section(title)
    .split('\n')
    .filter((line) => line.startsWith(`| \`${code}\` |`));

it.each(REJECTION_REASONS)('operating.md has the sentence and the remedy of the reason %s', (reason) => {
  const { title, remedy } = describeRejection(reason);
  expect(rowsOf('Reasons of rejected cells', reason)).toEqual([`| \`${reason}\` | ${title} | ${remedy} |`]);
});

it.each(Object.entries({ ...ACTIVATION_FAILURES, ...RUN_FAILURES }))(
  'operating.md says what to do about %s',
  (code, help) => {
    expect(rowsOf('Failures', code)).toEqual([`| \`${code}\` | ${help} |`]);
  },
);

it.each(CUSTOMER_FILE_ERROR_CODES)('operating.md says when a file is refused with %s', (code) => {
  expect(rowsOf('Failures', code)).toHaveLength(1);
});

const ENDS = FINAL_PHASES.flatMap((outcome) =>
  [null, ...AUDIENCE_STATES].flatMap((audienceState) =>
    [
      { files: 0, published: false, outcomeUnknown: false, oneTimeName: null },
      { files: 2, published: false, outcomeUnknown: false, oneTimeName: null },
      { files: 2, published: false, outcomeUnknown: true, oneTimeName: null },
      { files: 2, published: true, outcomeUnknown: false, oneTimeName: null },
      { files: 2, published: true, outcomeUnknown: false, oneTimeName: 'Buyers act_1' },
    ].map((received) => ({ outcome, audienceState, received })),
  ),
);

it('operating.md says what each attention of an ended run means', () => {
  const said = ENDS.flatMap(({ outcome, audienceState, received }) => {
    const attention = endAttention({
      outcome,
      cutOff: false,
      action: 'create',
      name: 'Buyers',
      audienceState,
      words: null,
      received: { ...received, audienceId: null },
    });
    return attention === null ? [] : [`| \`${attention.code}\` | \`${outcome}\` | `];
  });
  const rows = section('What a run says at its end').match(/^\| `\w+` \| `\w+` \| /gm);
  expect(new Set(rows)).toEqual(new Set(said));
});
