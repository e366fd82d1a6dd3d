import { ADVERTISERS } from './advertisers.js';
import { audienceInside } from './audience-view.js';
import { escapeHtml, htmlPage, htmlTable } from './html.js';
import { APP } from './scopes.js';
import type { World } from './world.js';

const SHOWN_CALLS = 50;

const BUTTONS = `
<button data-path="clock" data-body='{"advanceSeconds":3600}'>Advance the clock by an hour</button>
<button data-path="authorizations/revoke" data-body="{}">Revoke all authorizations</button>
<button data-path="faults" data-method="DELETE">Remove all faults</button>
<button data-path="reset" data-body="{}">Reset everything</button>
<script>
for (const button of document.querySelectorAll('button[data-path]')) {
  button.addEventListener('click', async () => {
    await fetch('/_sandbox/' + button.dataset.path, {
      method: button.dataset.method ?? 'POST',
      headers: { 'content-type': 'application/json' },
      body: button.dataset.body,
    });
    location.reload();
  });
}
</script>`;

/** The page at `/_sandbox`: what this server is and what it holds. */
export function statusPage({ store, clock, calls }: World): string {
  const { settings, audiences, files, faults, tokens, clockOffsetMs } = store.current;
  const now = clock.now();
  const living = Object.values(tokens).filter((token) => !token.revoked).length;
  const sections = [
    `<h1>TikTok sandbox</h1>
<p>A stand-in for TikTok's Business API v1.3 under <code>/open_api/v1.3/</code>, with its consent page at <code>/portal/auth</code>.
Nothing here reaches TikTok. App id <code>${APP.id}</code>, secret <code>${APP.secret}</code>.</p>
<p>Its clock: <b>${escapeHtml(new Date(now).toISOString())}</b>, ${clockOffsetMs / 1000} s ahead. Living authorizations: ${living}.</p>
${BUTTONS}`,
    `<h2>Audiences</h2>${htmlTable(
      [
        'id',
        'name',
        'advertiser',
        'type',
        'state',
        'identifiers',
        'people matched',
        'operations',
        'error_msg',
      ],
      audiences
        .map((audience) => audienceInside(audience, now))
        .toReversed()
        .map((audience) => [
          audience.audience_id,
          audience.name,
          audience.advertiser_id,
          audience.calculate_type,
          audience.state,
          String(audience.members),
          String(audience.matched),
          audience.operations
            .map(({ action, file_paths, state }) => `${action} ${file_paths.length} (${state})`)
            .join(', '),
          audience.error_msg ?? '',
        ]),
      'None yet.',
    )}`,
    `<h2>Files</h2>${htmlTable(
      ['file_path', 'advertiser', 'type', 'bytes', 'lines', 'good values', 'bad', 'empty'],
      Object.values(files)
        .toReversed()
        .map((file) => [
          file.filePath,
          file.advertiserId,
          file.calculateType,
          ...[file.size, file.lines, file.goodValues, file.badValues, file.emptyValues].map(String),
        ]),
      'None yet.',
    )}`,
    `<h2>Faults</h2>${htmlTable(
      ['endpoint', 'kind', 'after', 'times'],
      faults.map(({ endpoint, kind, after, times }) => [endpoint, kind, String(after), String(times)]),
      'None: every call is answered.',
    )}`,
    `<h2>Last calls</h2>${htmlTable(
      ['time', 'endpoint', 'outcome', 'request_id'],
      calls
        .read()
        .slice(-SHOWN_CALLS)
        .toReversed()
        .map((call) => [
          call.time,
          `${call.method} ${call.endpoint}`,
          String(call.outcome),
          call.request_id ?? '',
        ]),
      'None yet.',
    )}`,
    `<h2>Settings</h2>${htmlTable(
      ['setting', 'value'],
      Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)]),
      '',
    )}`,
    `<h2>Advertisers</h2>${htmlTable(
      ['id', 'name', 'time zone'],
      ADVERTISERS.map(({ advertiser_id, name, timezone }) => [advertiser_id, name, timezone]),
      '',
    )}`,
  ];
  return htmlPage('TikTok sandbox', sections.join('\n'));
}
