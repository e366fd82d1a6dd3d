import { describe, expect, it } from 'vitest';
import { failureHelp } from '../../src/activities/failure-help.js';

const refused = { code: 'tiktok_refused', help: 'Correct what TikTok names.' };

describe('what can be done about the failure of a run', () => {
  it('is what TikTok’s code asks for, and to start again, while there is no audience', () => {
    expect(failureHelp(refused, { action: 'create', published: false })).toBe(
      'Correct what TikTok names. Then start the activation again.',
    );
  });

  it('is the same without starting again once the audience exists', () => {
    const created = failureHelp(refused, { action: 'create', published: true });
    expect(created).toContain('Do not start the activation again: that would make a second audience.');
    expect(created).toContain('Correct what TikTok names.');
    const appended = failureHelp(refused, { action: 'append', published: true });
    expect(appended).toContain('The change need not be made again. Correct what TikTok names.');
  });

  it.each(['reconnect_timed_out', 'advertiser_gone'])(
    'of the product’s own codes says to start again only while there is no audience: %s',
    (code) => {
      expect(failureHelp({ code }, { action: 'append', published: false })).toContain(
        'start the activation again',
      );
      const published = failureHelp({ code }, { action: 'append', published: true });
      expect(published).toMatch(/Reconnect TikTok|Business Center/);
      expect(published).not.toContain('start the activation again');
    },
  );
});
