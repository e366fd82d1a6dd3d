import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, CancellationScope, ParentClosePolicy, sleep, startChild, workflowInfo, } from '@temporalio/workflow';
import { tiktok, turn } from './activity-proxies.js';
import { SweepExtraAudiences } from './sweep-extra-audiences.js';
const NEAR_MS = 30_000;
export async function publish(input, gate, approval) {
    const { activationId } = input;
    let repeats = 0;
    let goAhead = false;
    if (input.action !== 'create')
        await takeTurn(input, gate);
    for (;;) {
        if (workflowInfo().historyLength >= input.continueAfterEvents)
            return false;
        const asked = { activationId, repeats, goAhead };
        goAhead = false;
        const step = await gate.run(() => CancellationScope.nonCancellable(() => tiktok.publishAudience.executeWithOptions({ summary: `Publish: ${input.action} the audience` }, [
            asked,
        ])));
        switch (step.next) {
            case 'done':
                if (step.doubted && input.action === 'create')
                    await sweepLater(input);
                return true;
            case 'upload_again':
                repeats += 1;
                for (const part of step.parts)
                    await uploadAgain(input, gate, part);
                break;
            case 'take_turn':
                await takeTurn(input, gate);
                break;
            case 'look':
                await untilLook(step.inMs);
                break;
            case 'ask':
                goAhead = await approval.ask(step.attention);
                if (!goAhead)
                    throw rejected();
                break;
        }
    }
}
async function takeTurn({ activationId }, gate) {
    const summary = 'Wait until the audience can be changed';
    await gate.run(() => turn.awaitTurn.executeWithOptions({ summary }, [{ activationId }]));
}
async function uploadAgain({ activationId }, gate, part) {
    const summary = `Upload part ${part + 1} again: TikTok no longer has it`;
    await gate.run(() => tiktok.uploadPart.executeWithOptions({ summary }, [{ activationId, part }]));
}
async function untilLook(inMs) {
    if (inMs === 0)
        return;
    const wait = () => sleep(inMs, { summary: 'An answer was missed: until the next look at TikTok' });
    await (inMs <= NEAR_MS ? CancellationScope.nonCancellable(wait) : wait());
}
async function sweepLater({ activationId }) {
    try {
        await CancellationScope.nonCancellable(() => startChild(SweepExtraAudiences, {
            workflowId: `${activationId}-extras`,
            args: [{ activationId }],
            parentClosePolicy: ParentClosePolicy.ABANDON,
            staticSummary: 'An answer of TikTok was missed: delete extra audiences that show up within a day',
        }));
    }
    catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError))
            throw error;
    }
}
function rejected() {
    return ApplicationFailure.create({
        type: 'publication_rejected',
        nonRetryable: true,
        message: 'A person decided that the publication is not to be repeated. TikTok may have taken the first request.',
    });
}
