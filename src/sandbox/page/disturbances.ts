import { ADVERTISERS } from '../advertisers.js';
import { ENDPOINTS } from '../endpoints.js';
import { FAULT_KINDS, type Fault } from '../fault.js';
import { ratesInside } from '../rate-limits.js';
import type { World } from '../world.js';
import { button, form, type Html, html, option, options, section, table } from './parts.js';

function what(fault: Fault): string {
  switch (fault.kind) {
    case 'code':
      return `code ${fault.code}: ${fault.message}`;
    case 'http':
      return `http ${fault.status}`;
    case 'slow':
      return `slow: ${fault.seconds} s`;
    case 'reset-before':
    case 'reset-after':
    case 'timeout':
    case 'revoke':
      return fault.kind;
  }
}

const KINDS: Readonly<Record<Fault['kind'], string>> = {
  code: 'an error envelope; nothing done',
  http: 'an HTML page with this status; nothing done',
  'reset-before': 'the connection breaks; nothing done',
  'reset-after': 'done, then the connection breaks: the answer is lost',
  timeout: 'never answered; nothing done',
  slow: 'done at once, answered after these seconds',
  revoke: 'the token dies with this call',
};

function faultForm(kind: Fault['kind'], more: Html): Html {
  const endpoints = [option('*', 'every endpoint', true), ...options([...ENDPOINTS.keys()])];
  const advertisers = [
    option('', 'any advertiser', true),
    ...ADVERTISERS.map(({ advertiser_id, name }) => option(advertiser_id, name, false)),
  ];
  return form(
    { path: 'faults', back: 'faults', fields: { kind } },
    html`<label>at<select name="endpoint">${endpoints}</select></label>${more}
<label>pass first<input type="number" name="after" value="0" min="0"></label>
<label>then fail<input type="number" name="times" value="1" min="1"></label>
<label>for<select name="advertiserId">${advertisers}</select></label>
<button class="main">Place</button>`,
  );
}

const MORE: Partial<Record<Fault['kind'], Html>> = {
  code: html`<label>code<input type="number" name="code" value="50000"></label><label>message<input name="message" value="Injected by the sandbox."></label>`,
  http: html`<label>status<input type="number" name="status" value="502" min="400" max="599"></label>`,
  slow: html`<label>seconds<input type="number" name="seconds" value="5" min="0" max="3600"></label>`,
};

export function faultSection({ store }: World): Html {
  const { faults } = store.current;
  return section('faults', 'Faults', [
    table(
      [
        { name: 'endpoint' },
        { name: 'what happens' },
        { name: 'advertiser' },
        { name: 'calls pass first', kind: 'number' },
        { name: 'calls fail', kind: 'number' },
      ],
      faults.map((fault) => [
        html`<code>${fault.endpoint}</code>`,
        what(fault),
        fault.advertiserId ?? 'any',
        fault.after,
        fault.times,
      ]),
      'None: every call is answered.',
    ),
    ...(faults.length > 0
      ? [button('Remove all faults', { path: 'faults', method: 'DELETE', back: 'faults' }, 'danger')]
      : []),
    html`<h3>Place one</h3>`,
    ...FAULT_KINDS.map(
      (kind) =>
        html`<details><summary><b>${kind}</b>: ${KINDS[kind]}</summary>${faultForm(kind, MORE[kind] ?? html``)}</details>`,
    ),
  ]);
}

export function limitSection({ store, clock }: World): Html {
  const rates = ratesInside(store, clock.now());
  const { qps, qpm, qpd, advertiserQps } = rates.limits;
  const numbers = `${qps} a second, ${qpm} a minute, ${qpd.toLocaleString('en')} a day for each endpoint${advertiserQps === null ? '' : `, ${advertiserQps} a second for each advertiser`}`;
  const block = form(
    { path: 'limits/block', back: 'limits' },
    html`<label>block<select name="endpoint">${options([...ENDPOINTS.keys()])}</select></label>
<label>as after a breach of<select name="limit">${option('qpm', 'the minute', true)}${option('qpd', 'the day', false)}</select></label><button>Block</button>`,
  );
  return section('limits', 'Rate limits', [
    html`<p>${rates.enforced ? 'Enforced' : 'Counted and not enforced'}: ${numbers}. <b class="${rates.violations > 0 ? 'bad' : 'good'}">${rates.violations} violation${rates.violations === 1 ? '' : 's'}</b>, ${rates.blockedCalls} more calls while blocked.</p>`,
    table(
      [
        { name: 'endpoint' },
        { name: 'advertiser' },
        { name: 'today', kind: 'number' },
        { name: 'most in a second', kind: 'number' },
        { name: 'most in a minute', kind: 'number' },
        { name: 'violations' },
        { name: 'blocked until' },
      ],
      rates.endpoints.map(({ endpoint, advertiserId, today, mostInSecond, mostInMinute, blockedUntil }) => [
        html`<code>${endpoint}</code>`,
        advertiserId ?? 'all',
        today,
        mostInSecond,
        mostInMinute,
        rates.details
          .filter((each) => each.endpoint === endpoint && each.advertiserId === advertiserId)
          .map((each) => `${each.limit} ${each.count}`)
          .join(', '),
        blockedUntil ?? '',
      ]),
      'No call was counted yet.',
    ),
    html`<div class="row">${button('Forget counts and blocks', { path: 'limits', method: 'DELETE', back: 'limits' })}${block}</div>`,
  ]);
}
