import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { CustomerFileError } from './customer-file-error.js';
import type { EngineOptions } from './engine-progress.js';
import type { ThreadMessage, ThreadTask } from './engine-thread.js';
import type { PreparedPart } from './ledger.js';
import type { LocalBytes, Plan, Split } from './plan.js';
import type { PreparePartInput } from './prepare-part.js';

/** `splitUpload` in a thread of its own, so that the caller's event loop stays free. Same result, same errors. */
export async function splitUploadInThread(
  bytes: LocalBytes,
  plan: Plan,
  options: EngineOptions = {},
): Promise<Split> {
  const message = await run({ kind: 'split', bytes, plan }, options);
  if (message.kind !== 'split') throw new Error('The thread answered another question.');
  return message.split;
}

/** `preparePart` in a thread of its own. Same result, same errors; stopped at once when the signal is aborted. */
export async function preparePartInThread(
  input: PreparePartInput,
  options: EngineOptions = {},
): Promise<PreparedPart> {
  try {
    const message = await run({ kind: 'prepare', input }, options);
    if (message.kind !== 'prepared') throw new Error('The thread answered another question.');
    return message.prepared;
  } catch (error) {
    // A thread that was stopped half-way could not clear up.
    await Promise.all([rm(input.outputPath, { force: true }), rm(input.rejectedPath, { force: true })]);
    throw error;
  }
}

type Answer = Extract<ThreadMessage, { kind: 'split' | 'prepared' }>;

async function run(task: ThreadTask, { signal, onProgress }: EngineOptions): Promise<Answer> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./engine-thread.js', import.meta.url), { workerData: task });
  let onAbort = (): void => {};
  try {
    return await new Promise<Answer>((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`The engine's thread ended early, with code ${code}.`)));
      worker.on('message', (message: ThreadMessage) => {
        switch (message.kind) {
          case 'progress':
            onProgress?.(message.progress);
            break;
          case 'refused':
            reject(CustomerFileError.fromProblem(message.problem));
            break;
          case 'split':
          case 'prepared':
            resolve(message);
            break;
        }
      });
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
