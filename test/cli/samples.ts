import type { Activation } from '../../src/api/schemas/activation.js';
import type { Audience } from '../../src/api/schemas/audience.js';
import type { Connection } from '../../src/api/schemas/connection.js';

const AUDIENCE = {
  name: 'Spring buyers',
  action: 'create',
  matchRate: null,
  words: null,
  caution: null,
  requestId: null,
} as const;

export function connectionOf(changes: Partial<Connection>): Connection {
  return {
    id: 'con_1',
    platform: 'tiktok-customer-file',
    environment: 'live',
    name: 'Main account',
    status: 'configured',
    attention: null,
    authorizedBy: 'marketer@example.com',
    authorizedAt: '2026-11-01T10:00:00.000Z',
    verifiedAt: '2026-11-01T10:00:00.000Z',
    lastCheckedAt: '2026-11-01T10:00:00.000Z',
    lastFailure: null,
    advertisers: [
      { id: '7000000000000000001', name: 'Shoes Ltd', timezone: 'Etc/UTC', audiences: 3, canWrite: true },
    ],
    createdAt: '2026-11-01T10:00:00.000Z',
    ...changes,
  };
}

export function activationOf(changes: Partial<Activation>): Activation {
  return {
    id: 'act_1',
    retryOf: null,
    uploadId: 'upl_1',
    connectionId: 'con_1',
    advertiserId: '7000000000000000001',
    dryRun: false,
    simulation: false,
    normalization: 'brief-2024',
    phase: 'queued',
    waiting: null,
    attention: null,
    progress: progressOf({}),
    identifiers: {},
    distinctEstimate: 0,
    audience: { ...AUDIENCE, id: null, state: null, matched: null },
    prediction: null,
    failure: null,
    links: {
      self: 'http://127.0.0.1/v1/activations/act_1',
      console: 'http://127.0.0.1/runs/act_1',
      temporal: 'http://127.0.0.1/namespaces/default/workflows/act_1',
      rejectedRows: 'http://127.0.0.1/v1/activations/act_1/rejected-rows',
    },
    createdAt: '2026-11-23T10:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    ...changes,
  };
}

export function audienceOf(changes: Partial<Audience>): Audience {
  return { id: '1', name: 'A', size: 0, type: 'EMAIL_SHA256', editable: true, expires: null, ...changes };
}

export function progressOf(changes: Partial<Activation['progress']>): Activation['progress'] {
  return {
    rowsTotal: 0,
    rowsRead: 0,
    rowsSent: 0,
    rowsRejected: 0,
    rowsExcluded: 0,
    rowsBlank: 0,
    partsTotal: 0,
    partsPrepared: 0,
    partsUploaded: 0,
    bytesTotal: 0,
    bytesPrepared: 0,
    bytesUploaded: 0,
    ...changes,
  };
}

/** A run of 5,000 rows that came to its end. */
export function completedRun(): Activation {
  return activationOf({
    phase: 'completed',
    progress: progressOf({
      rowsTotal: 5000,
      rowsRead: 5000,
      rowsSent: 4900,
      rowsRejected: 80,
      rowsExcluded: 15,
      rowsBlank: 5,
      partsTotal: 2,
      partsPrepared: 2,
      partsUploaded: 2,
    }),
    identifiers: {
      email: {
        cells: 4995,
        sent: 4890,
        empty: 20,
        rejected: { no_at_sign: 25, several_values: 60 },
        prehashed: 100,
      },
    },
    distinctEstimate: 4850,
    audience: {
      ...AUDIENCE,
      id: '7100000000000000001',
      state: 'ready',
      matched: 3210,
      matchRate: { estimate: 0.713, matched: 3210, peopleSent: 4500, formula: 'matched ÷ people sent' },
      words: 'All rows were read.',
    },
    finishedAt: '2026-11-23T10:01:00.000Z',
  });
}
