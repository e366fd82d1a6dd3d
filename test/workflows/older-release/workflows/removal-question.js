const SMALLEST_USABLE = 1_000;
export function removalQuestion(matched, rows) {
    if (matched < SMALLEST_USABLE || matched - rows >= SMALLEST_USABLE)
        return null;
    return {
        code: 'audience_may_become_too_small',
        title: 'The audience may become too small',
        detail: `The audience has ${matched} matched users and the file ${rows} rows. If fewer than 1,000 users would be left, ` +
            'TikTok refuses the whole removal and the audience stays as it is. Approve to try it; or reject, delete the audience ' +
            'in TikTok Ads Manager, and create a new one without these people.',
    };
}
