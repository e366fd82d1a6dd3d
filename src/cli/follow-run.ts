import { setTimeout as delay } from 'node:timers/promises';
import type { Activation } from '../api/schemas/activation.js';
import type { ApiClient } from './api-client.js';
import { ApiProblem, ApiUnreachable } from './errors.js';
import { readEventData } from './event-stream.js';
import { isOver } from './phases.js';

/** Longer than any deploy of the API; the run itself needs neither the API nor this program. */
const PATIENCE_MILLISECONDS = 10 * 60 * 1000;
/** A stream that says nothing for so long is opened anew: a connection can die without a word. */
const SILENCE_MILLISECONDS = 60_000;
const LONGEST_DELAY_MILLISECONDS = 3000;
const FIRST_DELAY_MILLISECONDS = 100;
const POLL_MILLISECONDS = 1000;

export interface FollowOptions {
  /** Called with false when the API stops answering, and with true when it answers again. */
  readonly onAnswering: (answers: boolean) => void;
}

/**
 * The run each time it changes, starting with how it stands now; ends once it is over. A broken connection, or
 * an API that restarts, is waited for; the last error is thrown when it does not come back.
 */
export async function* followRun(
  api: ApiClient,
  id: string,
  { onAnswering }: FollowOptions,
): AsyncGenerator<Activation> {
  let silentSince: number | null = null;
  let pause = FIRST_DELAY_MILLISECONDS;
  for (;;) {
    try {
      for await (const activation of followOnce(api, id)) {
        if (silentSince !== null) onAnswering(true);
        silentSince = null;
        pause = FIRST_DELAY_MILLISECONDS;
        yield activation;
        if (isOver(activation.phase)) return;
      }
    } catch (error) {
      if (!passes(error)) throw error;
      if (silentSince === null) onAnswering(false);
      silentSince ??= Date.now();
      if (Date.now() - silentSince > PATIENCE_MILLISECONDS) throw error;
    }
    await delay(pause);
    pause = Math.min(pause * 2, LONGEST_DELAY_MILLISECONDS);
  }
}

/**
 * One event stream from its opening, at which the API tells how the run stands, to its end; polls where no event stream
 * is to be had. Without `Last-Event-ID`: what is told twice does no harm, and shows that the API is back.
 */
async function* followOnce(api: ApiClient, id: string): AsyncGenerator<Activation> {
  const path = `/v1/activations/${encodeURIComponent(id)}`;
  const abort = new AbortController();
  const silence = setTimeout(() => abort.abort(), SILENCE_MILLISECONDS);
  try {
    const response = await openEvents(api, path, abort.signal);
    if (response === null) return void (yield* poll(api, path));
    for await (const data of readEventData(bytesOf(api, response, () => silence.refresh()))) {
      const activation = parseActivation(data, id);
      if (activation !== null) yield activation;
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    clearTimeout(silence);
    abort.abort();
  }
}

async function openEvents(
  api: ApiClient,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | null> {
  const headers = { accept: 'text/event-stream' };
  try {
    const response = await api.open(`${path}/events`, { headers, signal });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (isStream && response.body !== null) return response.body;
    await response.body?.cancel();
    return null;
  } catch (error) {
    if (error instanceof ApiProblem && [404, 405, 406, 501].includes(error.problem.status)) return null;
    throw error;
  }
}

async function* poll(api: ApiClient, path: string): AsyncGenerator<Activation> {
  for (;;) {
    yield await api.get<Activation>(path);
    await delay(POLL_MILLISECONDS);
  }
}

/** `onBytes` is told of the API's signs of life between two messages, too. */
async function* bytesOf(
  api: ApiClient,
  body: AsyncIterable<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body) {
      onBytes();
      yield bytes;
    }
  } catch (error) {
    throw new ApiUnreachable(`The connection to ${api.url} broke.`, { cause: error });
  }
}

/** Messages of other kinds (of a newer server) are passed over. */
function parseActivation(data: string, id: string): Activation | null {
  const value: unknown = JSON.parse(data);
  const isRun =
    typeof value === 'object' && value !== null && 'id' in value && value.id === id && 'phase' in value;
  return isRun ? (value as Activation) : null;
}

function passes(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.problem.status >= 500 || error.problem.status === 429;
  return error instanceof ApiUnreachable;
}
