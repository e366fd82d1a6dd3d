import { findPublication, recordNamed } from '../database/publications.js';
import { TikTokError } from '../tiktok/errors.js';
import type { Publishing } from './publishing.js';

/**
 * Gives a created audience the name that was asked for, unless it has it. TikTok may refuse that while it processes the
 * audience: then the next look at the audience tries again.
 *
 * @param urgency with `if_possible` any failure is left to the next time.
 */
export async function nameAudience(
  publishing: Publishing,
  urgency: 'if_possible' | 'unless_refused',
): Promise<void> {
  const { deps, tiktok, activation, token, signal } = publishing;
  const { action, name } = activation.request.audience;
  if (action !== 'create') return;
  const publication = await findPublication(deps.db, activation.id);
  if (publication?.named_at !== null || publication.audience_id === null) return;
  const rename = {
    advertiserId: activation.advertiserId,
    audienceId: publication.audience_id,
    name: name ?? activation.id,
  };
  try {
    await tiktok.renameAudience(token, rename, signal);
  } catch (error) {
    if (error instanceof TikTokError && isLeftForLater(error, urgency)) return;
    throw error;
  }
  await recordNamed(deps.db, activation.id);
}

function isLeftForLater(error: TikTokError, urgency: 'if_possible' | 'unless_refused'): boolean {
  switch (error.class) {
    case 'not_editable':
    case 'invalid':
    case 'file':
      return true;
    case 'transient':
    case 'rate_limit':
      return urgency === 'if_possible';
    case 'reauthorize':
    case 'permission':
      return false;
  }
}
