import { randomBytes } from 'node:crypto';
import { requestIdTime } from './times.js';

/** What every call of the API is answered with, whatever its outcome. */
export interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly request_id: string;
  /** `{}` on errors; absent where the answer's fields stand beside `code`. A bigint is written as a JSON number, in full. */
  readonly data?: object;
}

/** 34 characters: the time in UTC+8 and 20 upper-case hex digits. */
export function newRequestId(now: number): string {
  return requestIdTime(now) + randomBytes(10).toString('hex').toUpperCase();
}

// A NUL begins no text that a request of ours could have brought in.
const BIGINT_MARK = '\u0000bigint:';

/** The envelope as JSON text. */
export function serializeEnvelope(envelope: Envelope): string {
  const json = JSON.stringify(envelope, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${BIGINT_MARK}${value}` : value,
  );
  return json.replace(/"\\u0000bigint:(\d+)"/g, '$1');
}

const DEAD_AUTHORIZATION = new Set([40102, 40104, 40105, 40106]);
const TOO_MANY_CALLS = new Set([40016, 40100, 40133]);

/** TikTok answers 200 whatever the code says; `strict` is for proving that a client reads the code first. */
export function envelopeStatus(code: number, strict: boolean): number {
  if (strict && DEAD_AUTHORIZATION.has(code)) return 401;
  if (strict && TOO_MANY_CALLS.has(code)) return 429;
  return 200;
}
