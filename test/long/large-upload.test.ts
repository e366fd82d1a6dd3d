import { expect, it } from 'vitest';
import { interruptedUpload, mostInFlight, mostSentAgain } from '../uploads/interrupted-upload.js';
import { SENDERS } from '../uploads/senders.js';
import { printTable } from './print-table.js';

const INTERRUPTIONS = 20;
const seed = Number(process.env['UPLOAD_SEED'] ?? 1);

it.each(SENDERS)(
  'a file of 5 GB goes up from %s with the right digest through 20 interruptions, and nothing that has arrived is stored again',
  async (sender, client) => {
    const startedAt = performance.now();
    const uploaded = await interruptedUpload({
      client,
      size: 5_000_000_000,
      interruptions: INTERRUPTIONS,
      seed,
    });
    const { size, sent, sentAgain, interruptions } = uploaded;
    const again = sentAgain.reduce((sum, bytes) => sum + bytes, 0);
    printTable(
      [
        'from',
        'seed',
        'file',
        'sent',
        'sent again',
        'sent and not arrived',
        'most possible',
        ...Object.keys(interruptions),
        'seconds',
      ],
      [
        [
          sender,
          seed,
          size,
          sent,
          again,
          sent - again - size,
          INTERRUPTIONS * mostInFlight(),
          ...Object.values(interruptions),
          Math.round((performance.now() - startedAt) / 1000),
        ],
      ],
    );
    expect(uploaded).toMatchObject({ digestIsRight: true, uploadsBegun: 1, notesLeft: [] });
    for (const bytes of sentAgain) expect(bytes).toBeLessThanOrEqual(mostSentAgain(sender));
    expect(sent - again).toBeLessThanOrEqual(size + INTERRUPTIONS * mostInFlight());
  },
  1_800_000,
);
