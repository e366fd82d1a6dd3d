import { expect, it } from 'vitest';
import { interruptedUpload, mostInFlight, mostSentAgain } from './interrupted-upload.js';
import { SENDERS } from './senders.js';

const INTERRUPTIONS = 6;

it.each(SENDERS)(
  'a file goes up from %s once, whoever is killed or cut off meanwhile: nothing that has arrived is stored again',
  async (sender, client) => {
    const uploaded = await interruptedUpload({
      client,
      size: 64_000_000,
      interruptions: INTERRUPTIONS,
      seed: 1,
    });
    const { size, sent, sentAgain } = uploaded;
    const again = sentAgain.reduce((sum, bytes) => sum + bytes, 0);
    expect(uploaded).toMatchObject({ digestIsRight: true, uploadsBegun: 1, notesLeft: [] });
    for (const bytes of sentAgain) expect(bytes).toBeLessThanOrEqual(mostSentAgain(sender));
    expect(sent - again).toBeLessThanOrEqual(size + INTERRUPTIONS * mostInFlight());
  },
  240_000,
);
