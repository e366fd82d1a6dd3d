import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { inject } from 'vitest';
import { projectFolder } from '../../src/local/project-folder.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** What one run of a chain, or a child of one, has done. */
export interface RunHistory {
  readonly workflowId: string;
  readonly history: History;
}

/** The workflows of the sources, bundled once for all test files. */
export function workflowBundle(): WorkflowBundleOption {
  return { codePath: inject('workflowBundle') };
}

/** The histories of workflows, with all runs of their chains, oldest first, and their children. */
export async function historiesOf(client: Client, workflowIds: Iterable<string>): Promise<RunHistory[]> {
  const found: RunHistory[] = [];
  const ids = new Set(workflowIds);
  for (const workflowId of ids) {
    const chain: RunHistory[] = [];
    for (let runId: string | undefined | null = ''; typeof runId === 'string'; ) {
      const history = await client.workflow.getHandle(workflowId, runId || undefined).fetchHistory();
      chain.unshift({ workflowId, history });
      runId =
        history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
      for (const event of history.events ?? []) {
        const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.workflowId;
        if (child != null) ids.add(child);
      }
    }
    found.push(...chain);
  }
  return found;
}

/** Throws when the workflows, as they are now, would not do the same again. */
export async function replay(
  histories: readonly RunHistory[],
  workflows: WorkflowBundleOption = workflowBundle(),
): Promise<void> {
  // A run that no worker has touched has decided nothing.
  const decided = histories.filter(({ history }) =>
    (history.events ?? []).some((event) => event.workflowTaskCompletedEventAttributes != null),
  );
  if (decided.length === 0) return;
  const results = Worker.runReplayHistories({ workflowBundle: workflows }, decided);
  for await (const { workflowId, error } of results) {
    if (error !== undefined) throw new Error(`the run ${workflowId} does not replay`, { cause: error });
  }
}

/** The same for all runs that a server of a whole stack knows, with the built workflows, which it has run. */
export async function replayAllRuns(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace: 'default' });
    const ids = new Set<string>();
    for await (const { workflowId } of client.workflow.list()) ids.add(workflowId);
    await replay(await historiesOf(client, ids), {
      codePath: join(projectFolder, 'dist', 'workflow-bundle.js'),
    });
  } finally {
    await connection.close();
  }
}
