import type { TikTokClient } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/errors.js';

/** Ids of audiences have nine digits and grow: nothing has this one, so nothing can change. */
const IMPOSSIBLE_AUDIENCE = '1';

/**
 * Codes and words of TikTok that say for certain that the right is missing. 40001 alone does not: it also stands for an
 * audience that does not exist.
 */
const FORBIDDEN_CODES: ReadonlySet<number | null> = new Set([40003, 40117, 40118, 40125, 40301]);
const FORBIDDEN_WORDS = /does not grant you|lacks the required scope/i;

/**
 * Whether the token may change audiences of an advertiser: an analyst's token reads well, and every write fails. Asks
 * TikTok to rename an audience that cannot exist. A missing right is refused as such; everything else that is wrong with
 * the call shows that the right is there. Null when the answer tells nothing.
 *
 * @throws {TikTokError} of the class `rate_limit` or `transient`, when there was no answer
 */
export async function askWhetherMayWrite(
  tiktok: TikTokClient,
  token: string,
  advertiserId: string,
): Promise<boolean | null> {
  try {
    const rename = { advertiserId, audienceId: IMPOSSIBLE_AUDIENCE, name: 'Check of the right to write' };
    await tiktok.renameAudience(token, rename);
    return true;
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    switch (error.class) {
      case 'permission':
        return FORBIDDEN_CODES.has(error.details.code) || FORBIDDEN_WORDS.test(error.message) ? false : null;
      case 'not_editable':
      case 'file':
        return true;
      case 'invalid':
        return isAboutAdvertiser(error) ? null : true;
      case 'reauthorize':
        return null;
      case 'rate_limit':
      case 'transient':
        throw error;
    }
  }
}

/** The same; null also when there was no answer. */
export async function mayWrite(...asked: Parameters<typeof askWhetherMayWrite>): Promise<boolean | null> {
  try {
    return await askWhetherMayWrite(...asked);
  } catch (error) {
    if (error instanceof TikTokError) return null;
    throw error;
  }
}

const ADVERTISER_CODES: ReadonlySet<number | null> = new Set([40001, 40300, 40302]);

/** The advertiser itself is what TikTok does not know any more. 40001 is of this class only by its words. */
export function isAboutAdvertiser(error: TikTokError): boolean {
  return error.class === 'invalid' && ADVERTISER_CODES.has(error.details.code);
}
