import fc from 'fast-check';
import { expect } from 'vitest';
import { ADVERTISER, type SandboxAudience, type TestStack } from './test-stack.js';

const BASE_ROWS = 200;
const ROWS = 120;

const ENDPOINTS = {
  create: 'dmp/custom_audience/create/',
  update: 'dmp/custom_audience/update/',
  upload: 'dmp/custom_audience/file/upload/',
} as const;

/** One run, and one answer of TikTok that gets lost after it was done. */
interface Placement {
  readonly action: 'create' | 'append' | 'remove' | 'replace';
  readonly endpoint: keyof typeof ENDPOINTS;
  /** Calls that pass before; of all runs of a wave, since they are under way together. */
  readonly after: number;
  readonly times: number;
}

const placement: fc.Arbitrary<Placement> = fc.record({
  action: fc.constantFrom('create', 'append', 'remove', 'replace'),
  endpoint: fc.constantFrom('create', 'update', 'upload'),
  after: fc.nat({ max: 6 }),
  times: fc.integer({ min: 1, max: 2 }),
});

interface AudienceInside extends SandboxAudience {
  readonly operations: readonly { readonly action: string; readonly state: string }[];
}

/** The people of a file: each has a number of its own within the story. */
function people(story: string, from: number, count: number): string {
  const rows = Array.from({ length: count }, (_, row) => `${story}.${from + row}@example.com`);
  return ['email', ...rows, ''].join('\n');
}

/**
 * Lets runs lose answers in random places, so many at once, and expects of each exactly one audience with exactly the
 * right members. Returns how many audiences there were.
 *
 * @param product with `minimumMatched` 0 and small parts.
 */
export async function loseAnswers(
  product: TestStack,
  connectionId: string,
  { seed, count, atOnce }: { seed: number; count: number; atOnce: number },
): Promise<number> {
  const placements = fc.sample(placement, { seed, numRuns: count });
  let audiences = 0;
  for (let first = 0; first < count; first += atOnce) {
    const wave = placements.slice(first, first + atOnce);
    audiences += await oneWave(product, connectionId, wave, `s${seed}w${first}`);
  }
  return audiences;
}

async function oneWave(
  product: TestStack,
  connectionId: string,
  wave: readonly Placement[],
  waveName: string,
): Promise<number> {
  const run = async (audience: object, content: string): Promise<string> => {
    const uploadId = await product.upload(content);
    const { id } = await product.activate({ uploadId, connectionId, advertiserId: ADVERTISER, audience });
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    return done.audience.id ?? '';
  };
  const story = (index: number) => `${waveName}n${index}`;
  const bases = await Promise.all(
    wave.map(({ action }, index) =>
      action === 'create'
        ? null
        : run({ action: 'create', name: story(index) }, people(story(index), 0, BASE_ROWS)),
    ),
  );

  for (const { endpoint, after, times } of wave) {
    await product.admin('POST', 'faults', {
      endpoint: ENDPOINTS[endpoint],
      kind: 'reset-after',
      after,
      times,
    });
  }
  await Promise.all(
    wave.map(async ({ action }, index) => {
      const content = people(story(index), action === 'remove' ? 0 : BASE_ROWS, ROWS);
      await run(targetOf(action, story(index), bases[index] ?? null), content);
    }),
  );
  await product.admin('DELETE', 'faults');

  const all = await product.admin<AudienceInside[]>('GET', 'audiences');
  const made = all.filter(({ name }) => name.startsWith(`${waveName}n`));
  wave.forEach(({ action, ...where }, index) => {
    const own = made.filter(({ name }) => name === story(index) || name.startsWith(`${story(index)} `));
    expect(
      own.map(({ name }) => name),
      JSON.stringify({ action, ...where }),
    ).toEqual([story(index)]);
    expect(own[0], JSON.stringify({ action, ...where })).toMatchObject({
      members: membersAfter(action),
      operations: [
        { action: 'CREATE', state: 'applied' },
        ...(action === 'create' ? [] : [{ action: action.toUpperCase(), state: 'applied' }]),
      ],
    });
  });
  return made.length;
}

function targetOf(action: Placement['action'], name: string, audienceId: string | null): object {
  switch (action) {
    case 'create':
      return { action, name };
    case 'append':
    case 'remove':
      return { action, audienceId };
    case 'replace':
      return { action, audienceId, confirmCurrentSize: 0 };
  }
}

function membersAfter(action: Placement['action']): number {
  switch (action) {
    case 'create':
    case 'replace':
      return ROWS;
    case 'append':
      return BASE_ROWS + ROWS;
    case 'remove':
      return BASE_ROWS - ROWS;
  }
}
