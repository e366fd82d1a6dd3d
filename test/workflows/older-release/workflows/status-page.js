const MEANING = {
    queued: 'Waiting to begin.',
    inspecting: 'Reading the head of the file: encoding, columns, identifiers.',
    splitting: 'Counting the rows and cutting the file into parts.',
    delivering: 'Hashing the identifiers and uploading the parts to TikTok.',
    publishing: 'Asking TikTok to build the audience from the uploaded parts.',
    matching: 'TikTok is matching the identifiers with its users: often an hour, at most 48 hours.',
    reporting: 'Adding up the ledger and deleting the staged parts.',
    waiting_for_reconnect: 'Waiting for a person: TikTok must be authorised again.',
    waiting_for_approval: 'Waiting for a person to approve or to reject.',
    paused: 'Paused by a person. Nothing new begins until the signal `resume`.',
    completed: 'Done.',
    failed: 'Failed. Nothing more happens.',
    canceled: 'Canceled. Nothing more happens.',
};
export function statusPage(input, progress, attention, waiting) {
    const { phase, parts, rowsTotal, partsUploaded, rowsSent, rowsRejected } = progress;
    const lines = [`### ${phase.replaceAll('_', ' ')}`, '', MEANING[phase], ''];
    if (waiting !== null)
        lines.push(`${waiting}. Nothing has to be done.`, '');
    if (attention !== null) {
        lines.push(`> **${attention.title}**`, '>', `> ${attention.detail}`);
        if (phase === 'waiting_for_approval') {
            lines.push('>', '> Answer with the signal `approve` or `reject`, or in the console.', '');
        }
        else {
            if (attention.url !== null)
                lines.push('>', `> [Sign in with TikTok again](${attention.url})`);
            lines.push('>', '> The run goes on by itself afterwards, or at once by the signal `reconnected`.', '');
        }
    }
    lines.push('| | |', '| --- | ---: |', `| Rows in the file | ${parts === 0 ? 'not counted yet' : count(rowsTotal)} |`, `| Rows prepared to send | ${count(rowsSent)} |`, `| Rows rejected | ${count(rowsRejected)} |`, `| Parts at TikTok | ${count(partsUploaded)} of ${parts === 0 ? '?' : count(parts)} |`, `| Action | ${input.action}${input.dryRun ? ' (dry run: nothing is sent)' : ''} |`, `| Advertiser | ${input.advertiserId} |`, '', `[Open in the console](${input.consoleUrl})`);
    return lines.join('\n');
}
function count(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
