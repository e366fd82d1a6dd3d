import { describe, expect, it } from 'vitest';
import { agedDeliveries, refusedDeliveries } from '../../src/activities/stale-files.js';
import type { DeliveryRow } from '../../src/database/deliveries.js';
import { TikTokError } from '../../src/tiktok/errors.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const HOUR_MS = 3_600_000;

const delivery = (part: number, hoursAgo: number): DeliveryRow => ({
  activation_id: 'act_1',
  part_index: part,
  file_path: `${part}`.repeat(16),
  request_id: null,
  bytes: 1,
  uploaded_at: new Date(NOW.getTime() - hoursAgo * HOUR_MS),
});

const refusal = (code: number, message: string) =>
  new TikTokError('file', message, {
    code,
    httpStatus: 200,
    requestId: null,
    endpoint: 'create/',
    advice: '',
  });

describe('uploaded files before the publication', () => {
  it('are used while they are younger than twelve hours', () => {
    const deliveries = [delivery(1, 1), delivery(2, 11.9), delivery(3, 12.1)];
    expect(agedDeliveries(deliveries, NOW).map((row) => row.part_index)).toEqual([3]);
  });
});

describe('a publication that TikTok refuses', () => {
  const deliveries = [delivery(1, 1), delivery(2, 1)];

  it.each([40905, 40910])('because a file is gone (%i) means the file it names', (code) => {
    const refused = refusedDeliveries(refusal(code, `no such file: ${'2'.repeat(16)}`), deliveries);
    expect(refused?.map((row) => row.part_index)).toEqual([2]);
  });

  it('without naming a file means all of them', () => {
    expect(refusedDeliveries(refusal(40910, 'file has expired'), deliveries)).toEqual(deliveries);
  });

  it('for another reason means none', () => {
    expect(refusedDeliveries(refusal(40908, 'file type'), deliveries)).toBeNull();
    expect(refusedDeliveries(new Error('network'), deliveries)).toBeNull();
  });
});
