import { CancellationScope, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { activationPhase } from '../temporal/search-attributes.js';
import { core } from './activity-proxies.js';
import { statusPage } from './status-page.js';
export class RunStatus {
    #input;
    #working;
    #paused;
    #attention = null;
    #held = 'waiting_for_reconnect';
    #waiting = null;
    #shown = null;
    #records = Promise.resolve();
    parts;
    rowsTotal;
    totals;
    constructor(input) {
        this.#input = input;
        const { carried } = input;
        this.#working = carried?.phase ?? 'queued';
        this.#paused = carried?.paused ?? false;
        this.parts = carried?.parts ?? 0;
        this.rowsTotal = carried?.rowsTotal ?? 0;
        this.totals = carried?.totals ?? { partsUploaded: 0, rowsSent: 0, rowsRejected: 0 };
        this.refresh();
    }
    get paused() {
        return this.#paused;
    }
    get working() {
        return this.#working;
    }
    get phase() {
        if (this.#paused)
            return 'paused';
        return this.#attention === null ? this.#working : this.#held;
    }
    async enter(phase) {
        this.#working = phase;
        await this.#publish();
    }
    async setPaused(paused) {
        if (this.#paused === paused)
            return;
        this.#paused = paused;
        await this.#publish();
    }
    async hold(phase, attention) {
        this.#held = phase;
        this.#attention = attention;
        await this.#publish();
    }
    async release() {
        this.#attention = null;
        await this.#publish();
    }
    setWaiting(words) {
        this.#waiting = words;
        this.refresh();
    }
    async forgetWaiting() {
        await this.#publish();
    }
    progress() {
        return {
            phase: this.phase,
            parts: this.parts,
            rowsTotal: this.rowsTotal,
            ...this.totals,
            attention: this.#attention?.detail ?? null,
        };
    }
    refresh() {
        setCurrentDetails(statusPage(this.#input, this.progress(), this.#attention, this.#waiting));
    }
    async settled() {
        await this.#records;
    }
    async finish(phase) {
        await this.#records;
        this.#working = phase;
        this.#paused = false;
        this.#attention = null;
        upsertSearchAttributes([{ key: activationPhase, value: phase }]);
        this.refresh();
    }
    async #publish() {
        this.refresh();
        const phase = this.phase;
        const attention = this.#attention;
        if (this.#shown !== phase)
            upsertSearchAttributes([{ key: activationPhase, value: phase }]);
        this.#shown = phase;
        const { activationId } = this.#input;
        const record = this.#records.then(() => CancellationScope.nonCancellable(() => core.recordPhase.executeWithOptions({ summary: `Phase: ${phase}` }, [
            { activationId, phase, attention },
        ])));
        this.#records = record;
        await record;
    }
}
