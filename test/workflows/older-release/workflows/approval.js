import { ApplicationFailure, condition } from '@temporalio/workflow';
export class Approval {
    #input;
    #status;
    #answer = null;
    #asked = false;
    constructor(input, status) {
        this.#input = input;
        this.#status = status;
    }
    answer(approved) {
        if (this.#asked)
            this.#answer ??= approved;
    }
    async ask(question) {
        this.#answer = null;
        this.#asked = true;
        try {
            await this.#status.hold('waiting_for_approval', { ...question, url: this.#input.consoleUrl });
            const answered = await condition(() => this.#answer !== null, this.#input.reconnectWithinMs, {
                summary: 'Latest time to answer',
            });
            if (!answered)
                throw approvalTimedOut(question.title);
            await this.#status.release();
            return this.#answer === true;
        }
        finally {
            this.#asked = false;
        }
    }
}
function approvalTimedOut(title) {
    return ApplicationFailure.create({
        type: 'approval_timed_out',
        nonRetryable: true,
        message: `Nobody answered in time (${title}), so the run was given up.`,
    });
}
