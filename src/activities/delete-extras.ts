import { TikTokError } from '../tiktok/errors.js';
import type { Publishing } from './publishing.js';

/** Deletes audiences that a repeated request of this activation made. One that is gone already is no failure. */
export async function deleteExtras(publishing: Publishing, extras: readonly string[]): Promise<void> {
  const { tiktok, activation, token, signal } = publishing;
  for (const audienceId of extras) {
    try {
      await tiktok.deleteAudiences(token, activation.advertiserId, [audienceId], signal);
    } catch (error) {
      if (!(error instanceof TikTokError) || error.class !== 'invalid') throw error;
    }
  }
}
