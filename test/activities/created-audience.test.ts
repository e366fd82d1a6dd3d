import { describe, expect, it } from 'vitest';
import { findCreated } from '../../src/activities/created-audience.js';
import type { AudienceSummary } from '../../src/tiktok/client.js';

const wanted = { oneTimeName: 'Buyers · act_1', calculateType: 'FIRST_SHA256' };

const audience = (audienceId: string, fields: Partial<AudienceSummary> = {}): AudienceSummary => ({
  audienceId,
  name: wanted.oneTimeName,
  type: 'Customer File Audience',
  calculateType: 'FIRST_SHA256',
  coverNum: 0,
  isValid: false,
  isExpiring: false,
  isCreator: true,
  expiredTime: null,
  ...fields,
});

describe('an audience whose creation was not answered', () => {
  it('is none when nothing has its one-time name, whatever else is alike', () => {
    expect(findCreated([audience('1', { name: 'Buyers' })], wanted)).toEqual({ kind: 'none' });
  });

  it('is the newest of those with the name, and the others are extras', () => {
    const found = findCreated([audience('3'), audience('2', { name: 'Other' }), audience('1')], wanted);
    expect(found).toEqual({ kind: 'ours', audienceId: '3', extras: ['1'] });
  });

  it.each([null, 'MAID_SHA256'])('may be shown with the type %s', (calculateType) => {
    expect(findCreated([audience('1', { calculateType })], wanted).kind).toBe('ours');
  });

  it('is not taken when it is another owner’s or of another type', () => {
    const strange = { kind: 'strange', audienceId: '1' };
    expect(findCreated([audience('1', { isCreator: false })], wanted)).toEqual(strange);
    expect(findCreated([audience('1', { calculateType: 'EMAIL_SHA256' })], wanted)).toEqual(strange);
  });
});
