import { htmlPage } from '../html.js';
import { ratesInside } from '../rate-limits.js';
import type { World } from '../world.js';
import { audienceSection, fileSection } from './content.js';
import { faultSection, limitSection } from './disturbances.js';
import { type Html, html } from './parts.js';
import { callSection, inventionSection } from './records.js';
import { authorizationSection, clockSection, serverSection } from './server.js';
import { settingsSection } from './settings-form.js';

const PLACES = 'server clock authorizations audiences files faults limits settings calls inventions'.split(
  ' ',
);

function fact(value: string | number, label: string, kind = ''): Html {
  return html`<div class="fact"><b class="${kind}">${value}</b><span>${label}</span></div>`;
}

/** The page at `/_sandbox`: what this server is, what it holds, and everything that can be changed about it. */
export function statusPage(world: World, url: string): string {
  const { store, clock } = world;
  const { audiences, files, faults } = store.current;
  const rates = ratesInside(store, clock.now());
  const body = html`
<header><h1>TikTok sandbox</h1><span class="quiet">A stand-in for TikTok’s Business API v1.3. Nothing here reaches TikTok.</span></header>
<nav>${PLACES.map((place) => html`<a href="#${place}">${place}</a> `)}<a href="/_sandbox">reload</a></nav>
<div class="facts">
${fact(audiences.length, 'audiences')}
${fact(Object.keys(files).length, 'files uploaded')}
${fact(faults.length, 'faults waiting', faults.length > 0 ? 'warn' : '')}
${fact(rates.violations, rates.enforced ? 'rate limit violations' : 'violations, not enforced', rates.violations > 0 ? 'bad' : 'good')}
${fact(`${new Date(clock.now()).toISOString().slice(11, 19)}`, `UTC by its clock, ${new Date(clock.now()).toISOString().slice(0, 10)}`)}
</div>
${serverSection(url)}
<div class="halves">${clockSection(world)}${authorizationSection(world)}</div>
${audienceSection(world)}
${fileSection(world)}
${faultSection(world)}
${limitSection(world)}
${settingsSection(store.current.settings)}
${callSection(world)}
${inventionSection()}`;
  return htmlPage('TikTok sandbox', body.text);
}
