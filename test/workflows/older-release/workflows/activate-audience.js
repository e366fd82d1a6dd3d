import { ApplicationFailure, allHandlersFinished, CancellationScope, condition, continueAsNew, isCancellation, setHandler, TemporalFailure, } from '@temporalio/workflow';
import { core, cpu, tiktok } from './activity-proxies.js';
import { Approval } from './approval.js';
import { deliver } from './deliver.js';
import { planOutdated, runFailure } from './failures.js';
import { match } from './match.js';
import { approve, pause, progress, reconnected, reject, resume, } from './messages.js';
import { publish } from './publish.js';
import { ReconnectGate } from './reconnect-gate.js';
import { removalQuestion } from './removal-question.js';
import { RunStatus } from './run-status.js';
export { SweepExtraAudiences } from './sweep-extra-audiences.js';
export async function ActivateAudience(input) {
    const status = new RunStatus(input);
    const gate = new ReconnectGate(input, status);
    const approval = new Approval(input, status);
    setHandler(reconnected, () => gate.reconnected(), {
        description: 'Somebody signed in at TikTok again: look now and go on. Takes no argument.',
    });
    setHandler(pause, () => status.setPaused(true), {
        description: 'Begin nothing new until the signal resume; what is under way is finished. Takes no argument.',
    });
    setHandler(resume, () => status.setPaused(false), {
        description: 'Go on after a pause. Takes no argument.',
    });
    setHandler(approve, () => approval.answer(true), {
        description: 'Yes, to what the run asks (phase waiting_for_approval). Takes no argument.',
    });
    setHandler(reject, () => approval.answer(false), {
        description: 'No, to what the run asks: it ends. Takes no argument.',
    });
    setHandler(progress, () => status.progress(), { description: 'Phase, parts and rows so far.' });
    try {
        await activate(input, status, gate, approval);
        await status.enter('reporting');
        await core.endActivation.executeWithOptions({ summary: 'Report the result' }, [
            { activationId: input.activationId, outcome: 'completed', failure: null },
        ]);
        await status.finish('completed');
    }
    catch (error) {
        if (!(error instanceof TemporalFailure))
            throw error;
        const outcome = isCancellation(error) ? 'canceled' : 'failed';
        await CancellationScope.nonCancellable(() => core.endActivation.executeWithOptions({ summary: `Clean up: the run is ${outcome}` }, [
            {
                activationId: input.activationId,
                outcome,
                failure: outcome === 'failed' ? runFailure(error) : null,
            },
        ]));
        await status.finish(outcome);
        throw error;
    }
}
async function activate(input, status, gate, approval) {
    const { activationId, dryRun } = input;
    const notPaused = () => condition(() => !status.paused);
    if (input.carried === undefined) {
        await status.enter('inspecting');
        await cpu.inspectUpload.executeWithOptions({ summary: 'Read the head of the file' }, [{ activationId }]);
        const destination = dryRun
            ? null
            : await gate.run(() => tiktok.checkDestination.executeWithOptions({ summary: 'Check advertiser and audience' }, [
                { activationId },
            ]));
        await notPaused();
        await status.enter('splitting');
        const split = await cpu.splitUpload.executeWithOptions({ summary: 'Count the rows, cut into parts' }, [
            { activationId, calculateType: destination?.calculateType ?? null },
        ]);
        status.parts = split.parts;
        status.rowsTotal = split.rows;
        if (input.action === 'remove')
            await confirmRemoval(destination?.matched ?? null, split.rows, approval);
        await status.enter('delivering');
    }
    if (status.working === 'delivering') {
        const nextPart = await deliver(input, status, gate).catch(async (error) => {
            if (!planOutdated(error))
                throw error;
            await notPaused();
            return beginAnew(input, status);
        });
        if (nextPart < status.parts)
            await continueFrom(input, status, nextPart, null);
        await core.closeLedger.executeWithOptions({ summary: 'Check that every row is accounted for' }, [
            { activationId },
        ]);
        if (dryRun)
            return;
        await notPaused();
        await status.enter('publishing');
    }
    if (status.working === 'publishing') {
        if (!(await publish(input, gate, approval)))
            await continueFrom(input, status, status.parts, null);
        await status.enter('matching');
    }
    const polling = await match(input, status, gate);
    if (polling !== null)
        await continueFrom(input, status, status.parts, polling);
}
async function confirmRemoval(matched, rows, approval) {
    const question = matched === null ? null : removalQuestion(matched, rows);
    if (question === null || (await approval.ask(question)))
        return;
    throw ApplicationFailure.create({
        type: 'removal_rejected',
        nonRetryable: true,
        message: 'A person decided not to remove these people from the audience. Nothing was sent to TikTok.',
    });
}
async function beginAnew(input, status) {
    await condition(allHandlersFinished);
    await status.settled();
    const { carried: _, ...fresh } = input;
    return continueAsNew(fresh);
}
async function continueFrom(input, status, nextPart, polling) {
    await condition(allHandlersFinished);
    await status.settled();
    return continueAsNew({
        ...input,
        carried: {
            phase: status.working,
            paused: status.paused,
            parts: status.parts,
            rowsTotal: status.rowsTotal,
            nextPart,
            totals: status.totals,
            polling,
        },
    });
}
