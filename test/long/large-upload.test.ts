import { expect, it } from 'vitest';
import { interruptedUpload, mostInFlight } from '../cli/interrupted-upload.js';
import { printTable } from './print-table.js';

const INTERRUPTIONS = 20;
const seed = Number(process.env['UPLOAD_SEED'] ?? 1);

it('a file of 5 GB goes up with the right digest through 20 interruptions, and nothing that has arrived is sent again', async () => {
  const startedAt = performance.now();
  const uploaded = await interruptedUpload({ size: 5_000_000_000, interruptions: INTERRUPTIONS, seed });
  const { size, sent, interruptions } = uploaded;
  printTable(
    [
      'seed',
      'file',
      'sent',
      'sent and not arrived',
      'most possible',
      ...Object.keys(interruptions),
      'seconds',
    ],
    [
      [
        seed,
        size,
        sent,
        sent - size,
        INTERRUPTIONS * mostInFlight(),
        ...Object.values(interruptions),
        Math.round((performance.now() - startedAt) / 1000),
      ],
    ],
  );
  expect(uploaded).toMatchObject({
    digestIsRight: true,
    exitCode: 0,
    uploadsBegun: 1,
    sentAgain: [],
    notesLeft: [],
  });
  expect(sent).toBeLessThanOrEqual(size + INTERRUPTIONS * mostInFlight());
}, 1_800_000);
