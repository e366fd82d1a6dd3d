import { advertiserById } from '../advertisers.js';
import type { AudienceState } from '../audience-state.js';
import { audienceInside } from '../audience-view.js';
import type { World } from '../world.js';
import { button, type Html, html, section, table } from './parts.js';

const SHOWN_FILES = 200;
/** What TikTok shows as the end of an audience that has none. */
const NO_END = '2038-01-01';

const COLOURS: Readonly<Record<AudienceState, string>> = {
  processing: 'warn',
  ready: 'good',
  too_small: 'bad',
  failed: 'bad',
  expired: 'quiet',
};

function advertiserName(id: string): string {
  return advertiserById(id)?.name ?? id;
}

function operations(audience: ReturnType<typeof audienceInside>): Html {
  const lines = audience.operations.map(
    ({ action, file_paths, state, message }) =>
      html`<li>${action} ${file_paths.length} (${state})${message === null ? '' : `: ${message}`} <span class="mono quiet">${file_paths.slice(0, 5).join(' ')}${file_paths.length > 5 ? ' …' : ''}</span></li>`,
  );
  const count = `${audience.operations.length} operation${audience.operations.length === 1 ? '' : 's'}`;
  return html`<details><summary>${count}</summary><ol>${lines}</ol></details>`;
}

/** What is not as with any new audience: its end, who sees it, what uses it. */
function particulars({ expires_at, shared_with, used_by }: ReturnType<typeof audienceInside>): Html[] {
  const until = expires_at.slice(0, 10);
  const notes = [
    ...(until === NO_END ? [] : [`until ${until}`]),
    ...(shared_with.length === 0 ? [] : [`shared with ${shared_with.map(advertiserName).join(', ')}`]),
    ...(used_by.length === 0 ? [] : [`used by ad group ${used_by.join(', ')}`]),
  ];
  return notes.map((note) => html`<br><span class="quiet">${note}</span>`);
}

export function audienceSection({ store, clock }: World): Html {
  const now = clock.now();
  const rows = store.current.audiences
    .map((audience) => audienceInside(audience, now))
    .toReversed()
    .map((audience) => [
      html`<code>${audience.audience_id}</code>`,
      html`${audience.name}${audience.error_msg === null ? '' : html`<br><span class="bad">${audience.error_msg}</span>`}${particulars(audience)}`,
      advertiserName(audience.advertiser_id),
      html`${audience.type}<br><span class="quiet">${audience.calculate_type ?? ''}</span>`,
      html`<span class="tag ${COLOURS[audience.state]}">${audience.state}</span>`,
      audience.members.toLocaleString('en'),
      audience.matched.toLocaleString('en'),
      operations(audience),
      audience.state === 'expired'
        ? ''
        : button('expire', { path: `audiences/${audience.audience_id}/expire`, back: 'audiences' }),
    ]);
  return section('audiences', 'Audiences', [
    html`<p class="quiet">“Identifiers” are the distinct values that it holds, exactly; “people” those of the 20,000 known people whom they stand for. A wrong normalisation shows as few people.</p>`,
    table(
      [
        { name: 'id', kind: 'fixed' },
        { name: 'name' },
        { name: 'advertiser' },
        { name: 'type' },
        { name: 'state' },
        { name: 'identifiers', kind: 'number' },
        { name: 'people', kind: 'number' },
        { name: 'history' },
        { name: '' },
      ],
      rows,
      'None yet.',
    ),
  ]);
}

export function fileSection({ store }: World): Html {
  const files = Object.values(store.current.files).toReversed();
  const number = (value: number) => value.toLocaleString('en');
  return section('files', 'Files', [
    html`<p class="quiet">Bad values are counted here only: like TikTok, the API says nothing of them.</p>`,
    table(
      [
        { name: 'file_path', kind: 'fixed' },
        { name: 'uploaded', kind: 'fixed' },
        { name: 'advertiser' },
        { name: 'calculate_type' },
        { name: 'bytes', kind: 'number' },
        { name: 'lines', kind: 'number' },
        { name: 'good', kind: 'number' },
        { name: 'bad', kind: 'number' },
        { name: 'empty', kind: 'number' },
        { name: '' },
      ],
      files
        .slice(0, SHOWN_FILES)
        .map((file) => [
          store.hasBytes(file.filePath)
            ? html`<a class="mono" href="/_sandbox/files/${file.filePath}">${file.filePath}</a>`
            : html`<span class="mono">${file.filePath}</span><br><span class="quiet">bytes deleted</span>`,
          new Date(file.uploadedAt).toISOString().slice(0, 19).replace('T', ' '),
          advertiserName(file.advertiserId),
          file.calculateType,
          number(file.size),
          number(file.lines),
          number(file.goodValues),
          html`<span class="${file.badValues > 0 ? 'bad' : ''}">${number(file.badValues)}</span>`,
          number(file.emptyValues),
          file.forgottenAt === null
            ? button('forget', { path: `files/${file.filePath}/forget`, back: 'files' })
            : html`<span class="quiet">forgotten</span>`,
        ]),
      'None yet.',
    ),
    ...(files.length > SHOWN_FILES
      ? [
          html`<p class="quiet">${files.length - SHOWN_FILES} older ones are at <a href="/_sandbox/files">/_sandbox/files</a>.</p>`,
        ]
      : []),
  ]);
}
