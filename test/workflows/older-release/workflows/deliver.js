import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import { cpu, tiktok } from './activity-proxies.js';
export async function deliver(input, status, gate) {
    const { activationId, dryRun } = input;
    let next = input.carried?.nextPart ?? 0;
    let failed = false;
    const lane = async () => {
        for (;;) {
            await condition(() => !status.paused);
            if (failed || next >= status.parts || workflowInfo().historyLength >= input.continueAfterEvents)
                return;
            const part = next;
            next += 1;
            const name = `part ${part + 1} of ${status.parts}`;
            const prepared = await cpu.preparePart.executeWithOptions({ summary: `Prepare ${name}` }, [
                { activationId, part },
            ]);
            status.totals = {
                ...status.totals,
                rowsSent: status.totals.rowsSent + prepared.rowsSent,
                rowsRejected: status.totals.rowsRejected + prepared.rowsRejected,
            };
            status.refresh();
            if (dryRun)
                continue;
            const summary = `Upload ${name}: ${prepared.rowsSent} rows`;
            await gate.run(() => tiktok.uploadPart.executeWithOptions({ summary }, [{ activationId, part }]));
            status.totals = { ...status.totals, partsUploaded: status.totals.partsUploaded + 1 };
            status.refresh();
        }
    };
    await CancellationScope.cancellable(async () => {
        const scope = CancellationScope.current();
        const lanes = Array.from({ length: input.lanes }, () => lane().catch((error) => {
            failed = true;
            scope.cancel();
            throw error;
        }));
        const outcomes = await Promise.allSettled(lanes);
        const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        const cause = failures.find((reason) => !isCancellation(reason)) ?? failures[0];
        if (cause !== undefined)
            throw cause;
    });
    return next;
}
