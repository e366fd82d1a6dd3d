import { expect, it } from 'vitest';
import type { ActivateAudienceInput, CarriedState, RunProgress } from '../../src/workflows/messages.js';
import { statusPage } from '../../src/workflows/status-page.js';

const INPUT: ActivateAudienceInput = {
  activationId: 'act_1',
  connectionId: 'con_1',
  advertiserId: '7000000000000000001',
  action: 'create',
  dryRun: false,
  lanes: 4,
  reconnectWithinMs: 86_400_000,
  consoleUrl: 'http://127.0.0.1:8080/activations/act_1',
  continueAfterEvents: 3_000,
};
const PROGRESS: RunProgress = {
  phase: 'delivering',
  parts: 3,
  rowsTotal: 1_234_567,
  partsUploaded: 1,
  rowsSent: 400_000,
  rowsRejected: 12,
  attention: null,
};
const NOTHING = { held: null, waiting: null, failure: null };
const CARRIED: CarriedState = {
  phase: 'delivering',
  paused: false,
  parts: 3,
  rowsTotal: 1_234_567,
  nextPart: 1,
  totals: { partsUploaded: 1, rowsSent: 400_000, rowsRejected: 12 },
  polling: null,
};

it('names the activation in later runs of a chain, to which Temporal gives no title', () => {
  const input = { ...INPUT, title: 'Create audience “Spring buyers” from upload upl_1' };
  expect(statusPage(input, PROGRESS, NOTHING)).not.toContain('Spring buyers');
  expect(statusPage({ ...input, carried: CARRIED }, PROGRESS, NOTHING)).toMatch(
    /^## Create audience “Spring buyers” from upload upl_1\n\n### Uploading to TikTok\n/,
  );
});

it('of a dry run says nowhere that TikTok is called or has an audience', () => {
  const pageOf = (dryRun: boolean, phase: RunProgress['phase']) =>
    statusPage({ ...INPUT, dryRun }, { ...PROGRESS, phase }, NOTHING);
  expect(pageOf(false, 'inspecting')).toContain('are checked at TikTok');
  expect(pageOf(true, 'inspecting')).toContain('are not checked at TikTok in a dry run');
  expect(pageOf(false, 'delivering')).toContain('### Uploading to TikTok');
  expect(pageOf(true, 'delivering')).toContain('### Preparing the parts');
  expect(pageOf(true, 'delivering')).toContain('Nothing is sent: it is a dry run.');
  expect(pageOf(true, 'delivering')).not.toMatch(/upload/i);
  expect(pageOf(false, 'completed')).toContain('The size of the audience, the match rate');
  expect(pageOf(true, 'completed')).toContain('TikTok has received nothing.');
  expect(pageOf(true, 'completed')).not.toMatch(/match rate|size of the audience/);
  // The other phases mean the same.
  expect(pageOf(true, 'splitting')).toContain('### Counting the rows');
});

it('sends nobody to TikTok to sign in when a setting of the service is missing', () => {
  const waits: RunProgress = { ...PROGRESS, phase: 'waiting_for_reconnect' };
  const pageFor = (code: string) =>
    statusPage(INPUT, waits, {
      ...NOTHING,
      held: { attention: { code, title: 'T', detail: 'D', url: 'https://console/' }, untilMs: 0 },
    });
  expect(pageFor('environment_missing')).toContain('### Waiting for a person: a setting of this service');
  expect(pageFor('environment_missing')).not.toContain('Sign in');
  expect(pageFor('reconnect_tiktok')).toContain('### Waiting for a person: sign in at TikTok');
  expect(pageFor('reconnect_tiktok')).toContain('[Sign in with TikTok again](https://console/)');
});
