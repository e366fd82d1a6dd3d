import type { z } from 'zod';
import { type CallGate, type LimitWait, limitNamedIn } from './call-gate.js';
import { type FailureMeaning, meaningOfCode, meaningOfNoEnvelope } from './classify.js';
import { decodeEnvelope } from './envelope.js';
import { TikTokError, type TikTokErrorDetails } from './errors.js';
import { ExchangeFailure, exchange, type HttpAnswer, type HttpBody } from './http-exchange.js';
import { quotable } from './private-words.js';

const OK = 0;
const PARTIAL_SUCCESS = 20001;

const REPEATED = 'Nothing has to be done: the call is repeated by itself.';
const REPORT = 'TikTok seems to have changed its API: please report it with the request id.';

type AnswerDetails = Omit<TikTokErrorDetails, 'advice'>;

/** Milliseconds. */
export interface TikTokTimeouts {
  /** To reach TikTok; default 10 s. */
  readonly connectMs: number;
  /** For a whole call with a JSON answer; default 60 s. */
  readonly callMs: number;
  /** For a whole upload; default 25 min: the largest part at 1.4 Mbit/s, and less than the activity may take. */
  readonly uploadMs: number;
  /** For the next byte of an upload or of its answer; default 2 min. */
  readonly silenceMs: number;
}

export const DEFAULT_TIMEOUTS: TikTokTimeouts = {
  connectMs: 10_000,
  callMs: 60_000,
  uploadMs: 1_500_000,
  silenceMs: 120_000,
};

export interface Call<Data> {
  /** A `GET` only reads. A `POST` changes something, so that an answer which cannot be read leaves its outcome open. */
  readonly method: 'GET' | 'POST';
  /** Path below the base address, with the `/` at its end without which TikTok answers 404. */
  readonly endpoint: string;
  /** Null for the one call that is made before there is a token. */
  readonly token: string | null;
  /** Whom the call is for; null for a call that is for no single advertiser. */
  readonly advertiserId: string | null;
  /** Arrays are sent as TikTok wants them: `custom_audience_ids=["1","2"]`. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly upload?: HttpBody;
  /** What must never be quoted from the answer, beside the token and the app's secret. */
  readonly secret?: string;
  /** Shape of the envelope's `data`. */
  readonly data: z.ZodType<Data>;
  readonly signal: AbortSignal | undefined;
  /** Called immediately before the first byte leaves; when it throws, nothing is sent and the call throws the same. */
  readonly beforeSend?: (() => void) | undefined;
}

export interface Success<Data> {
  readonly data: Data;
  readonly requestId: string | null;
  /** TikTok's words when the call succeeded only in part, else null. */
  readonly warning: string | null;
}

/** Makes one call. Throws `TikTokError`, the signal's reason, or what the source of an upload threw. */
export type Transport = <Data>(call: Call<Data>) => Promise<Success<Data>>;

/**
 * @param apiUrl as `https://business-api.tiktok.com/open_api/v1.3/`
 * @param appSecret which no error may quote
 */
export function createTransport(
  apiUrl: string,
  appSecret: string,
  timeouts: TikTokTimeouts,
  gate: CallGate,
): Transport {
  const base = baseAddress(apiUrl);
  return async (call) => {
    const admission = await gate.admit(call, call.signal);
    if (!admission.admitted) throw notSent(call, admission);
    const answer = await answerTo(call, base, timeouts);
    try {
      const success = successOf(call, answer, [appSecret, call.token ?? '', call.secret ?? '']);
      await admission.passed();
      return success;
    } catch (error) {
      if (!(error instanceof TikTokError)) throw error;
      if (error.class === 'rate_limit') {
        const wait = await admission.limited(limitedBy(error.details.code), limitNamedIn(error.message));
        throw error.withWait(wait);
      }
      if (error.details.code !== null) await admission.passed();
      throw error;
    }
  };
}

/** Codes for a throttle of one advertiser, or of one value that it sends; all others are limits of the app. */
const ADVERTISER_THROTTLES = new Set([40132, 40133]);

const limitedBy = (code: number | null) =>
  code !== null && ADVERTISER_THROTTLES.has(code) ? 'advertiser' : 'app';

function notSent(call: Call<unknown>, wait: LimitWait): TikTokError {
  return new TikTokError('rate_limit', `${call.endpoint} was not sent: TikTok's rate limit is reached`, {
    code: null,
    httpStatus: null,
    requestId: null,
    endpoint: call.endpoint,
    advice: 'Nothing has to be done: the call is made when the limit allows it.',
    wait,
  });
}

function baseAddress(apiUrl: string): URL {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      'The address of the TikTok API should be as https://business-api.tiktok.com/open_api/v1.3/',
    );
  }
  // Without it, the last name of the address would be replaced by the path of the call.
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

async function answerTo(call: Call<unknown>, base: URL, timeouts: TikTokTimeouts): Promise<HttpAnswer> {
  try {
    return await exchange({
      method: call.method,
      url: addressOf(call, base),
      headers: {
        Accept: 'application/json',
        ...(call.token === null ? {} : { 'Access-Token': call.token }),
      },
      body: call.upload ?? (call.json === undefined ? null : jsonBody(call.json)),
      connectTimeoutMs: timeouts.connectMs,
      timeoutMs: call.upload === undefined ? timeouts.callMs : timeouts.uploadMs,
      silenceMs: timeouts.silenceMs,
      signal: call.signal,
      beforeSend: call.beforeSend,
    });
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error;
    throw new TikTokError('transient', `${call.endpoint} did not get through to TikTok: ${error.message}`, {
      code: null,
      httpStatus: null,
      requestId: null,
      endpoint: call.endpoint,
      advice: REPEATED,
    });
  }
}

function addressOf(call: Call<unknown>, base: URL): URL {
  const url = new URL(call.endpoint, base);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    url.searchParams.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return url;
}

function jsonBody(json: Readonly<Record<string, unknown>>): HttpBody {
  const bytes = Buffer.from(JSON.stringify(json));
  return {
    contentType: 'application/json',
    length: bytes.length,
    bytes: async function* () {
      yield bytes;
    },
  };
}

/** TikTok's `code` outranks the HTTP status, which counts only when nobody has described the code. */
function successOf<Data>(call: Call<Data>, answer: HttpAnswer, secrets: readonly string[]): Success<Data> {
  const envelope = decodeEnvelope(answer.body);
  const details: AnswerDetails = {
    code: envelope?.code ?? null,
    httpStatus: answer.status,
    requestId: envelope?.requestId ?? null,
    endpoint: call.endpoint,
  };
  if (envelope === null) {
    const meaning = meaningOfNoEnvelope(answer.status);
    const what = `TikTok answered ${call.endpoint} with something other than JSON of its own (HTTP ${answer.status})`;
    throw failure(meaning, what, details);
  }
  const words = quotable(envelope.message, secrets);
  if (envelope.code !== OK && envelope.code !== PARTIAL_SUCCESS) {
    const meaning = meaningOfCode(envelope.code, envelope.message, answer.status);
    throw failure(meaning, `${call.endpoint} was refused with code ${envelope.code} ("${words}")`, details);
  }
  const data = call.data.safeParse(envelope.data);
  if (!data.success) throw unreadable(call, data.error, details);
  return {
    data: data.data,
    requestId: envelope.requestId,
    warning: envelope.code === PARTIAL_SUCCESS ? words : null,
  };
}

function failure(meaning: FailureMeaning, what: string, details: AnswerDetails): TikTokError {
  const { retry, advice, mender } = meaning;
  return new TikTokError(meaning.class, `${what}: ${meaning.happened}`, {
    ...details,
    advice,
    mender,
    retry,
  });
}

/** A change that TikTok reported as made has been made, even when the answer lacks what is needed of it. */
function unreadable(call: Call<unknown>, error: z.ZodError, details: AnswerDetails): TikTokError {
  const fields = [...new Set(error.issues.map((issue) => ['data', ...issue.path.map(String)].join('.')))];
  return new TikTokError(
    call.method === 'POST' ? 'transient' : 'invalid',
    `${call.endpoint} succeeded, but its answer is not as documented at ${fields.slice(0, 5).join(', ')}`,
    { ...details, advice: REPORT },
  );
}
