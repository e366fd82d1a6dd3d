import { INVENTIONS } from '../invented.js';
import type { World } from '../world.js';
import { type Html, html, section, table } from './parts.js';

const SHOWN_CALLS = 100;

export function callSection({ calls }: World): Html {
  return section('calls', 'Recent calls', [
    html`<p class="quiet">The newest ${SHOWN_CALLS}; all of them at <a href="/_sandbox/calls">/_sandbox/calls</a>. “made” is the code of an answer that was lost on purpose.</p>`,
    table(
      [
        { name: 'time', kind: 'fixed' },
        { name: 'endpoint' },
        { name: 'outcome', kind: 'fixed' },
        { name: 'made' },
        { name: 'request_id', kind: 'fixed' },
      ],
      calls
        .newest(SHOWN_CALLS)
        .map(({ time, method, endpoint, outcome, code, request_id }) => [
          time.replace('T', ' ').replace('Z', ''),
          html`<span class="quiet">${method}</span> <code>${endpoint}</code>`,
          html`<span class="${outcome === 0 ? 'good' : 'bad'}">${outcome}</span>`,
          code === null || code === outcome ? '' : code,
          html`<code>${request_id ?? ''}</code>`,
        ]),
      'None yet.',
    ),
  ]);
}

export function inventionSection(): Html {
  return section('inventions', 'Invented', [
    html`<p>What TikTok leaves open, and what this server answers there. Do not build on these texts.</p>`,
    html`<details><summary>${INVENTIONS.length} values</summary>${table(
      [{ name: 'situation' }, { name: 'here' }],
      INVENTIONS.map(({ situation, value }) => [situation, value]),
      '',
    )}</details>`,
  ]);
}
