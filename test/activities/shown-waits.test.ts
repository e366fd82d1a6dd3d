import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { recordWaiting } from '../../src/database/activation-waits.js';
import { findActivation } from '../../src/database/activations.js';
import { localActivities } from './local-activities.js';

it.each([
  ['has failed for good', 'Email\n'],
  ['has succeeded', 'Email\nanna@example.com\n'],
])('what an activity waited for between its tries is over when it %s', async (_, content) => {
  const { db, activities, newRun } = await localActivities();
  const activationId = await newRun(content);
  await recordWaiting(db, activationId, { kind: 'tiktok_unavailable', until: new Date() });
  const secondTry = new MockActivityEnvironment({ attempt: 2 });
  await secondTry.run(activities.splitUpload, { activationId, calculateType: null }).catch(() => undefined);
  expect((await findActivation(db, activationId))?.waiting).toBeNull();
});
