import { expect, it } from 'vitest';
import { interruptedUpload, mostInFlight } from './interrupted-upload.js';

it('a file goes up once, whoever is killed or cut off meanwhile: no byte that has arrived is sent again', async () => {
  const uploaded = await interruptedUpload({ size: 64_000_000, interruptions: 6, seed: 1 });
  expect(uploaded).toMatchObject({
    digestIsRight: true,
    exitCode: 0,
    uploadsBegun: 1,
    sentAgain: [],
    notesLeft: [],
  });
  expect(uploaded.sent).toBeLessThanOrEqual(uploaded.size + 6 * mostInFlight());
}, 240_000);
