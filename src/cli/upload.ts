import { once } from 'node:events';
import { constants, createReadStream, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DetailedError, Upload, type UrlStorage } from 'tus-js-client';
import type { ApiClient } from './api-client.js';
import { ApiProblem, ApiUnreachable, type Problem, parseProblem, UsageError } from './errors.js';
import { BodyUnreadable, impatientHttp } from './impatient-http.js';
import type { Output } from './output.js';
import { formatBytes, formatDuration } from './quantities.js';
import { TransferRate } from './transfer-rate.js';

/** About four minutes without any progress until the upload gives up: a deploy of the API is shorter. */
const RETRY_DELAYS = [0, 250, 500, 1000, 2000, 4000, 8000, ...Array<number>(22).fill(10_000)];

/** Longer than the API takes to look an upload up while it ends the request of a connection that broke. */
const SILENCE_MS = 60_000;

/** Says for certain that there is nothing to go on with. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** The API answered, but not how much of the upload it has. */
class LookRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`it answered ${status}`);
    this.status = status;
  }
}

/** A customer file that lies complete in the API's storage. */
export interface FinishedUpload {
  readonly uploadId: string;
  /** Ends the memory of this upload: called once a run has taken it over. */
  forget(): Promise<void>;
}

/**
 * Sends the file by the tus protocol and goes on where the server's copy ends, after a broken connection, a
 * restart of the API and a restart of this program (by the note that `remembered` keeps).
 */
export async function uploadFile(
  api: ApiClient,
  file: string,
  remembered: UrlStorage,
  output: Output,
  silenceMs = SILENCE_MS,
): Promise<FinishedUpload> {
  const before = await fileToSend(file);
  // The library takes only its path, and reads by streams of its own.
  const stream = createReadStream(file);
  const { promise, resolve, reject } = promiseParts<void>();
  const progress = progressLine(basename(file), before.size, output);
  const upload = new Upload(stream, {
    endpoint: `${api.url}/v1/uploads`,
    headers: { ...api.authorization },
    metadata: { filename: basename(file) },
    retryDelays: RETRY_DELAYS,
    urlStorage: remembered,
    httpStack: impatientHttp(silenceMs),
    onProgress: progress,
    onAfterResponse: (request, response) => {
      // The library starts a new upload after any refused HEAD. A proxy's 502 or a wrong key must not cost what was
      // sent so far.
      const status = response.getStatus();
      if (request.getMethod() === 'HEAD' && status >= 400 && !GONE.has(status)) throw new LookRefused(status);
    },
    onShouldRetry: (error) => worthRetrying(error),
    onSuccess: () => resolve(),
    onError: reject,
  });
  try {
    await once(stream, 'open');
    stream.on('error', reject);
    const [earlier] = await upload.findPreviousUploads();
    if (earlier !== undefined) upload.resumeFromPreviousUpload(earlier);
    upload.start();
    await promise;
  } catch (error) {
    throw readable(api, file, error, upload.url !== null);
  } finally {
    stream.destroy();
  }
  const { url } = upload;
  if (url === null) throw new ApiUnreachable(`${api.url} took the upload without giving it an address.`);
  const after = await fileToSend(file);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
    throw new UsageError(
      `${file} changed while it was sent. Run the same command again when it is complete.`,
    );
  }
  const notes = await upload.findPreviousUploads();
  return {
    uploadId: lastSegment(url),
    forget: async () => {
      for (const { urlStorageKey } of notes) await remembered.removeUpload(urlStorageKey);
    },
  };
}

/** Refuses what cannot be a customer file before anything is asked of the API. */
export async function fileToSend(file: string): Promise<Stats> {
  const found = await access(file, constants.R_OK)
    .then(() => stat(file))
    .catch(() => null);
  if (found === null) throw new UsageError(`There is no file ${file}, or it may not be read.`);
  if (!found.isFile()) throw new UsageError(`${file} is not a file.`);
  if (found.size === 0) throw new UsageError(`${file} is empty: there is nothing to activate.`);
  return found;
}

function progressLine(name: string, size: number, output: Output): (sent: number) => void {
  const rate = new TransferRate();
  let first = true;
  return (sent) => {
    if (first && sent > 0 && sent < size)
      output.say(`Going on with the upload of ${name} at ${formatBytes(sent)}.`);
    first = false;
    const { perSecond, secondsLeft } = rate.add(sent, size, performance.now() / 1000);
    const parts = [`${formatBytes(sent)} of ${formatBytes(size)}`];
    if (perSecond !== null && perSecond > 0) parts.push(`${formatBytes(perSecond)}/s`);
    if (secondsLeft !== null && sent < size) parts.push(`${formatDuration(secondsLeft)} left`);
    output.live({ label: 'Uploading', fraction: sent / size, detail: parts.join('  ') });
  };
}

/**
 * 409 and 423: the server has not yet noticed that the connection before this one is gone. Not 507: a person has to
 * make room first.
 */
function worthRetrying(error: Error | DetailedError): boolean {
  if (!(error instanceof DetailedError) || error.causingError instanceof BodyUnreadable) return false;
  const status = statusOf(error) ?? 0;
  if (status === 507) return false;
  return status === 0 || status >= 500 || status === 409 || status === 423 || status === 429;
}

/** Null when there was no answer. */
function statusOf({ causingError, originalResponse }: DetailedError): number | null {
  return causingError instanceof LookRefused ? causingError.status : (originalResponse?.getStatus() ?? null);
}

function readable(api: ApiClient, file: string, error: unknown, begun: boolean): Error {
  const failure = failureOfFile(error);
  if (failure !== null) {
    return new UsageError(
      `The file ${file} cannot be read any more (${failure.message}). Run the same command again when it can be.`,
    );
  }
  if (!(error instanceof DetailedError)) return error instanceof Error ? error : new Error(String(error));
  const status = statusOf(error);
  const response = error.originalResponse;
  const problem = response === null ? null : parseProblem(response.getStatus(), response.getBody());
  if (problem !== null) return new ApiProblem(begun ? goingOnLater(problem) : problem);
  const reason = status === null ? 'the connection broke' : `it answered ${status}`;
  return new ApiUnreachable(
    `The upload to ${api.url} stopped: ${reason}. Run the same command again to go on from there.`,
  );
}

/** Outside of a request, the library asks the system about the file and nothing else. */
function failureOfFile(error: unknown): Error | null {
  if (error instanceof DetailedError) {
    return error.causingError instanceof BodyUnreadable ? error.causingError : null;
  }
  return error instanceof Error && 'syscall' in error ? error : null;
}

function goingOnLater(problem: Problem): Problem {
  if (problem.status !== 507) return problem;
  return {
    ...problem,
    detail: `${problem.detail} What has arrived is kept: run the same command again to go on from there.`,
  };
}

function lastSegment(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').filter(Boolean).at(-1) ?? '');
}

/** `Promise.withResolvers`, which Node.js 20 does not have. */
function promiseParts<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
