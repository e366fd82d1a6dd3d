import { parentPort } from 'node:worker_threads';
import { CustomerFileError, type CustomerFileProblem } from './customer-file-error.js';
import type { EngineProgress } from './engine-progress.js';
import { findRecords } from './find-records.js';
import type { PreparedPart } from './ledger.js';
import type { Dialect, LocalBytes } from './plan.js';
import { type PreparePartInput, preparePart } from './prepare-part.js';
import type { FoundRecords } from './scan-records.js';

/** One call of the engine. A thread is sent one after the other. */
export type ThreadTask =
  | { readonly kind: 'find'; readonly bytes: LocalBytes; readonly dialect: Dialect }
  | { readonly kind: 'prepare'; readonly input: PreparePartInput };

/** What the thread tells. The last message about a task is `found`, `prepared` or `refused`; anything else thrown ends the thread. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly progress: EngineProgress }
  | { readonly kind: 'found'; readonly found: FoundRecords }
  | { readonly kind: 'prepared'; readonly prepared: PreparedPart }
  | { readonly kind: 'refused'; readonly problem: CustomerFileProblem };

/** Messages cross threads in well under a millisecond, but nobody needs hundreds of them a second. */
const PROGRESS_EVERY_MS = 200;

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

let lastProgress = Number.NEGATIVE_INFINITY;
function onProgress(progress: EngineProgress): void {
  const now = performance.now();
  if (now - lastProgress < PROGRESS_EVERY_MS) return;
  lastProgress = now;
  tell({ kind: 'progress', progress });
}

async function perform(task: ThreadTask): Promise<ThreadMessage> {
  try {
    switch (task.kind) {
      case 'find':
        return { kind: 'found', found: await findRecords(task.bytes, task.dialect, { onProgress }) };
      case 'prepare':
        return { kind: 'prepared', prepared: await preparePart(task.input, { onProgress }) };
    }
  } catch (error) {
    if (error instanceof CustomerFileError) return { kind: 'refused', problem: error.toProblem() };
    throw error;
  }
}

async function answer(task: ThreadTask): Promise<void> {
  lastProgress = Number.NEGATIVE_INFINITY;
  tell(await perform(task));
}

// A rejection that nobody handles ends the thread, and whoever started it is told.
parentPort?.on('message', (task: ThreadTask) => void answer(task));
