import { setTimeout as delay } from 'node:timers/promises';
import type { Activation } from '../api/schemas/activation.js';
import type { ApiClient } from './api-client.js';
import { ApiProblem, ApiUnreachable } from './errors.js';
import { readEvents } from './event-stream.js';
import { isOver } from './phases.js';

/** Longer than any deploy of the API; the run itself needs neither the API nor this program. */
const PATIENCE_MILLISECONDS = 10 * 60 * 1000;
/** A stream that says nothing for so long is opened anew: a connection can die without a word. */
const SILENCE_MILLISECONDS = 60_000;
const LONGEST_DELAY_MILLISECONDS = 3000;
const FIRST_DELAY_MILLISECONDS = 100;
const POLL_MILLISECONDS = 1000;

export interface FollowOptions {
  /** Called when the API stops answering, and with null when it answers again. */
  readonly onSilence?: (reason: string | null) => void;
  readonly patienceMilliseconds?: number;
}

/**
 * The run each time it changes, starting with how it stands now; ends once it is over. A broken connection, or
 * an API that restarts, is waited for; the last error is thrown when it does not come back.
 */
export async function* followRun(
  api: ApiClient,
  id: string,
  options: FollowOptions = {},
): AsyncGenerator<Activation> {
  const patience = options.patienceMilliseconds ?? PATIENCE_MILLISECONDS;
  const resume: { lastEventId: string | null } = { lastEventId: null };
  let silentSince: number | null = null;
  let pause = FIRST_DELAY_MILLISECONDS;
  for (;;) {
    try {
      for await (const activation of followOnce(api, id, resume)) {
        if (silentSince !== null) options.onSilence?.(null);
        silentSince = null;
        pause = FIRST_DELAY_MILLISECONDS;
        yield activation;
        if (isOver(activation.phase)) return;
      }
    } catch (error) {
      if (!passes(error)) throw error;
      if (silentSince === null) options.onSilence?.(error instanceof Error ? error.message : String(error));
      silentSince ??= Date.now();
      if (Date.now() - silentSince > patience) throw error;
    }
    await delay(pause);
    pause = Math.min(pause * 2, LONGEST_DELAY_MILLISECONDS);
  }
}

/** One event stream from its opening to its end; polls where no event stream is to be had. */
async function* followOnce(
  api: ApiClient,
  id: string,
  resume: { lastEventId: string | null },
): AsyncGenerator<Activation> {
  const path = `/v1/activations/${encodeURIComponent(id)}`;
  const abort = new AbortController();
  const silence = setTimeout(() => abort.abort(), SILENCE_MILLISECONDS);
  try {
    const response = await openEvents(api, path, resume.lastEventId, abort.signal);
    // Read after the stream was opened: a change between the two is then in one of them at least.
    yield await api.get<Activation>(path);
    if (response === null) return void (yield* poll(api, path));
    for await (const event of readEvents(response)) {
      silence.refresh();
      resume.lastEventId = event.id;
      const activation = parseActivation(event.data, id);
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
  lastEventId: string | null,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | null> {
  const headers = {
    accept: 'text/event-stream',
    ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
  };
  try {
    const response = await api.open(`${path}/events`, { headers, signal });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (isStream && response.body !== null) return brokenAsUnreachable(api, response.body);
    await response.body?.cancel();
    return null;
  } catch (error) {
    if (error instanceof ApiProblem && [404, 405, 406, 501].includes(error.problem.status)) return null;
    throw error;
  }
}

async function* poll(api: ApiClient, path: string): AsyncGenerator<Activation> {
  for (;;) {
    await delay(POLL_MILLISECONDS);
    yield await api.get<Activation>(path);
  }
}

async function* brokenAsUnreachable(
  api: ApiClient,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
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
