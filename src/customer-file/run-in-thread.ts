import { rm } from 'node:fs/promises';
import { CustomerFileError } from './customer-file-error.js';
import type { EngineOptions } from './engine-progress.js';
import type { ThreadMessage, ThreadTask } from './engine-thread.js';
import { type FindRecords, findInHalves } from './find-in-halves.js';
import { giveThreadBack, takeThread } from './idle-threads.js';
import type { PreparedPart } from './ledger.js';
import type { LocalBytes, Plan, Split } from './plan.js';
import type { PreparePartInput } from './prepare-part.js';
import { cutAt } from './split-upload.js';

/** `splitUpload` in threads of its own, so that the caller's event loop stays free. Same result, same errors. */
export async function splitUploadInThread(
  bytes: LocalBytes,
  plan: Plan,
  options: EngineOptions = {},
): Promise<Split> {
  return cutAt(await findInHalves(bytes, plan.dialect, findInThread, options), bytes, plan);
}

const findInThread: FindRecords = async (bytes, dialect, options) => {
  const message = await run({ kind: 'find', bytes, dialect }, options);
  if (message.kind !== 'found') throw new Error('The thread answered another question.');
  return message.found;
};

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

type Answer = Extract<ThreadMessage, { kind: 'found' | 'prepared' }>;

async function run(task: ThreadTask, { signal, onProgress }: EngineOptions): Promise<Answer> {
  signal?.throwIfAborted();
  const worker = takeThread();
  const { promise, resolve, reject } = withResolvers<Answer>();
  const onAbort = (): void => reject(signal?.reason);
  const onExit = (code: number): void =>
    reject(new Error(`The engine's thread ended early, with code ${code}.`));
  const onMessage = (message: ThreadMessage): void => {
    switch (message.kind) {
      case 'progress':
        onProgress?.(message.progress);
        break;
      case 'refused':
        reject(CustomerFileError.fromProblem(message.problem));
        break;
      case 'found':
      case 'prepared':
        resolve(message);
        break;
    }
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  worker.on('error', reject).on('exit', onExit).on('message', onMessage);
  try {
    worker.postMessage(task);
    const answer = await promise;
    worker.off('error', reject).off('exit', onExit).off('message', onMessage);
    giveThreadBack(worker);
    return answer;
  } catch (error) {
    // Whatever it is doing, nobody waits for it.
    await worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
