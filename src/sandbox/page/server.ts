import { ADVERTISERS } from '../advertisers.js';
import { authorizationsInside } from '../authorizations.js';
import { APP } from '../scopes.js';
import { usageText } from '../usage.js';
import type { World } from '../world.js';
import { button, type Html, html, section, table } from './parts.js';

export function serverSection(url: string): Html {
  return section('server', 'Server', [
    html`<div class="halves"><div>
<p>API <code>${url}/open_api/v1.3/</code></p>
<p>Consent page <code>${url}/portal/auth</code></p>
<p>App id <code>${APP.id}</code>, secret <code>${APP.secret}</code></p>
${table(
  [{ name: 'advertiser', kind: 'fixed' }, { name: 'name' }, { name: 'time zone' }],
  ADVERTISERS.map(({ advertiser_id, name, timezone }) => [
    html`<code>${advertiser_id}</code>`,
    name,
    timezone,
  ]),
  '',
)}
<p class="quiet">For programs: everything of this page is JSON below <code>/_sandbox/</code>.</p></div>
<div><details open><summary>First calls with curl</summary><pre>${usageText(url)}</pre></details></div></div>`,
  ]);
}

export function clockSection({ store, clock }: World): Html {
  const now = clock.now();
  const advance = (label: string, seconds: number) =>
    button(label, { path: 'clock', back: 'clock', fields: { advanceSeconds: String(seconds) } });
  const toMidnight = Math.ceil(86_400 - ((now / 1000) % 86_400));
  return section('clock', 'Clock', [
    html`<p><b>${new Date(now).toISOString()}</b> <span class="quiet">${store.current.clockOffsetMs / 1000} s ahead of real time</span></p>
<p class="quiet">Processing, expiry, rate limits and tokens go by it.</p>
<div class="row">${advance('+1 minute', 60)}${advance('+5 minutes', 300)}${advance('+1 hour', 3600)}${advance('+1 day', 86_400)}${advance('To 00:00 UTC', toMidnight)}</div>
<div class="row">${button('Reset everything', { path: 'reset', back: 'server' }, 'danger')}</div>`,
  ]);
}

export function authorizationSection({ store, clock }: World): Html {
  const all = authorizationsInside(store, clock.now());
  const shown = all.toReversed().slice(0, 8);
  const scopes = (change: 'remove' | 'restore', from: 'grants' | 'app') => ({
    path: 'scopes',
    back: 'authorizations',
    fields: { [change]: '31', from },
  });
  return section('authorizations', 'Authorizations', [
    table(
      [{ name: 'given', kind: 'fixed' }, { name: 'advertisers' }, { name: 'permissions' }, { name: 'state' }],
      shown.map(({ issuedAt, advertiserIds, scopes: granted, state }) => [
        issuedAt.slice(0, 19).replace('T', ' '),
        ADVERTISERS.filter((each) => advertiserIds.includes(each.advertiser_id))
          .map((each) => each.name)
          .join(', '),
        granted.filter((scope) => scope.length < 10).join(', '),
        html`<span class="tag ${state === 'living' ? 'good' : 'bad'}">${state}</span>`,
      ]),
      'Nobody has signed in yet.',
    ),
    html`<p class="quiet">${all.length > shown.length ? `${all.length - shown.length} older ones. ` : ''}The app itself has: ${store.current.appScopes.filter((scope) => scope.length < 10).join(', ')}.</p>
<div class="row">${button('Revoke all', { path: 'authorizations/revoke', back: 'authorizations' }, 'danger')}${ADVERTISERS.map(
      ({ advertiser_id, name }) =>
        button(`Revoke ${name}`, {
          path: 'authorizations/revoke',
          back: 'authorizations',
          fields: { advertiserId: advertiser_id },
        }),
    )}</div>
<div class="row">${button('Take permission 31 from grants', scopes('remove', 'grants'))}${button('Give it back', scopes('restore', 'grants'))}${button('Take it from the app', scopes('remove', 'app'))}${button('Give it back to the app', scopes('restore', 'app'))}</div>`,
  ]);
}
