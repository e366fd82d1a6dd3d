import { describe, expect, it } from 'vitest';
import { failureHelp } from '../../src/activities/failure-help.js';

const nothing = { published: false, outcomeUnknown: false };
const published = { published: true, outcomeUnknown: false };
const unknown = { published: false, outcomeUnknown: true };

const refused = { code: 'tiktok_refused', help: 'Correct what TikTok names.' };

describe('what can be done about the failure of a run', () => {
  it('is what TikTok’s code asks for, and to start again, while there is no audience', () => {
    expect(failureHelp(refused, { action: 'create', received: nothing })).toBe(
      'Correct what TikTok names. Then start the activation again.',
    );
  });

  it('is the same without starting again once the audience exists', () => {
    const created = failureHelp(refused, { action: 'create', received: published });
    expect(created).toContain('Do not start the activation again: that would make a second audience.');
    expect(created).toContain('Correct what TikTok names.');
    const appended = failureHelp(refused, { action: 'append', received: published });
    expect(appended).toContain('The change need not be made again. Correct what TikTok names.');
  });

  it.each(['reconnect_timed_out', 'advertiser_gone'])(
    'of the product’s own codes says to start again only while there is no audience: %s',
    (code) => {
      expect(failureHelp({ code }, { action: 'append', received: nothing })).toContain(
        'start the activation again',
      );
      const help = failureHelp({ code }, { action: 'append', received: published });
      expect(help).toMatch(/Reconnect TikTok|Business Center/);
      expect(help).not.toContain('start the activation again');
    },
  );

  it.each([
    ['reconnect_timed_out', undefined, ' Reconnect TikTok before the next activation.'],
    ['advertiser_gone', undefined, ' Ask in TikTok Business Center what became of the ad account.'],
    ['tiktok_refused', 'Correct what TikTok names.', ' Correct what TikTok names.'],
    ['approval_timed_out', undefined, ''],
    ['publication_rejected', undefined, ''],
    ['internal', undefined, ''],
  ])('is to look at TikTok first while nobody knows whether it has the request: %s', (code, help, also) => {
    const failure = help === undefined ? { code } : { code, help };
    expect(failureHelp(failure, { action: 'create', received: unknown })).toBe(
      `Look in TikTok Ads Manager whether TikTok has taken the request, before you start anything again.${also}`,
    );
  });
});
