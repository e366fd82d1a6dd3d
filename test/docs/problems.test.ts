import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { API_PROBLEM_CODES, CONNECTION_PROBLEM_CODES } from '../../src/api/schemas/problem.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const API = readdirSync(new URL('../../src/api', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => read(`src/api/${path}`))
  .join('\n');

/** Statuses of each code, as problems are written in `src/api`: with both, by `conflict`, and in the table of tus. */
function statusesInCode(): Map<string, Set<string>> {
  const found = [
    ...[...API.matchAll(/\bstatus: (\d+),\s+code: '(\w+)'/g)].map(([, status, code]) => [code, status]),
    ...[...API.matchAll(/\b(\d+): \{ code: '(\w+)'/g)].map(([, status, code]) => [code, status]),
    ...[...API.matchAll(/\bconflict\(\s*'(\w+)'/g)].map(([, code]) => [code, '409']),
  ];
  const statuses = new Map<string, Set<string>>();
  for (const [code = '', status = ''] of found)
    statuses.set(code, (statuses.get(code) ?? new Set()).add(status));
  return statuses;
}

const IN_CODE = statusesInCode();

it('every code of src/api is read here together with its status', () => {
  const literals = [...API.matchAll(/\bcode: '(\w+)'/g)].map(([, code = '']) => code);
  expect([...IN_CODE.keys()]).toEqual(expect.arrayContaining(literals));
});

it('the schema of a problem names every code of src/api, and no other', () => {
  expect([...API_PROBLEM_CODES].sort()).toEqual([...IN_CODE.keys()].sort());
});

const section = read('docs/operating.md')
  .split(/^## /m)
  .find((text) => text.startsWith('Problems of the API\n'));
const rows = [...(section ?? '').matchAll(/^\| `(\w+)` \| ([\d, ]+) \| \S.* \|$/gm)];

it('operating.md has one row for each code of a problem', () => {
  expect(rows.map(([, code]) => code)).toEqual([...API_PROBLEM_CODES]);
});

it.each([...IN_CODE])('operating.md has the statuses of %s', (code, statuses) => {
  const said = rows.find((row) => row[1] === code)?.[2]?.split(', ');
  expect(said).toEqual(expect.arrayContaining([...statuses]));
});

/** Shown with a connection that can be used, or was disconnected: no request is refused for them. */
const NEVER_REFUSED = ['authorization_not_revoked', 'write_permission_missing'];

it('the schema of a problem names every reason for which a connection cannot be used', () => {
  const { 1: gone } = /code = '(\w+)'/.exec(read('src/connections/advertiser-gone-error.ts')) ?? [];
  const told = [...read('src/connections/attention.ts').matchAll(/\bcode: '(\w+)'/g)].map(([, code]) => code);
  const known = [...API_PROBLEM_CODES, ...CONNECTION_PROBLEM_CODES, ...NEVER_REFUSED];
  expect(known).toEqual(expect.arrayContaining([gone, ...told]));
});
