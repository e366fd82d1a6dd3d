import type { StoredRequest } from '../../activation/stored-request.js';

/**
 * What a person should know of an action before it is published. TikTok refuses a replacement while another one is
 * processed and advises at most one a day; it has no call that gives an audience's members back.
 */
export const CAUTIONS: Readonly<Record<StoredRequest['audience']['action'], string | null>> = {
  create: null,
  append: null,
  remove:
    'TikTok refuses a removal that would leave fewer than 1,000 users. It is undone by appending the same file again.',
  replace:
    'Everybody in the audience is removed and the file’s people are put in their place. TikTok takes one replacement at ' +
    'a time and advises at most one a day. It has no way back: the former members can only be restored by replacing ' +
    'them again with the file they came from. Id, name and the ad groups that use the audience stay.',
};
