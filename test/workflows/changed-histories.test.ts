import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { replay, workflowBundle } from '../support/replay.js';
import {
  asReplayed,
  type ChangedRun,
  changesOf,
  UNHEARD_SIGNAL,
  withMore,
  without,
  writtenRuns,
} from './changed-history.js';
import { recordedHistories } from './recorded-history.js';

const written = new Map([...(await recordedHistories())].map(([name, text]) => [name, writtenRuns(text)]));

describe('a replay sees a change of any step', () => {
  it('of each recorded history, each activity, timer, child and search attribute that is in it', async () => {
    const changed = new Map<string, ChangedRun>();
    for (const [name, runs] of written) {
      for (const change of changesOf(runs)) changed.set(`${name}: ${change.change}`, change);
    }
    // Their names tell which is which; those of the runs are ids.
    const histories = [...changed].flatMap(([name, { run }]) =>
      asReplayed(run).map(({ history }) => ({ workflowId: name, history })),
    );
    const seen = new Set<string>();
    const failedOtherwise: string[] = [];
    const results = Worker.runReplayHistories({ workflowBundle: workflowBundle() }, histories);
    for await (const { workflowId, error } of results) {
      if (error instanceof DeterminismViolationError) seen.add(workflowId);
      else failedOtherwise.push(`${workflowId}: ${error ?? 'replays'}`);
    }
    expect(failedOtherwise).toEqual([]);
    expect([...seen].sort()).toEqual([...changed.keys()].sort());
    // So that it is known that each kind is among them.
    for (const kind of [
      'straight: activity preparePart renamed',
      'answer-missed: activity sweepExtras renamed',
      'answer-missed: child SweepExtraAudiences renamed',
      'answer-missed: timer less',
      'removal-rejected: timer more',
      'dry-run: search attribute less',
    ]) {
      expect(seen).toContain(kind);
    }
  }, 180_000);

  it('and one that is no step of the workflow, made by the same means, replays', async () => {
    const histories = [...written.values()].flat().flatMap((run) => {
      const { events } = run.history;
      const more = withMore(events, 0, UNHEARD_SIGNAL);
      expect(more).toHaveLength(events.length + 1);
      expect(without(more, more[1] ?? expect.unreachable())).toEqual(events);
      return asReplayed({ ...run, history: { events: more } });
    });
    await replay(histories);
  });
});
