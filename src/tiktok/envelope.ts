import { z } from 'zod';

/** What TikTok wraps every answer in: `{"code": 0, "message": "OK", "request_id": "…", "data": {…}}`. */
export interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly requestId: string | null;
  readonly data: unknown;
}

const envelope = z.object({
  code: z.int(),
  message: z.string().nullish(),
  request_id: z.string().nullish(),
  data: z.unknown().optional(),
});

/**
 * Reads an answer's body, whatever its HTTP status: TikTok reports its own errors at 200, and some at 401 or 500.
 * Null when the body is no JSON object with a whole `code`: such an answer did not come from TikTok's API itself.
 */
export function decodeEnvelope(body: string): Envelope | null {
  const parsed = envelope.safeParse(parseJson(body));
  if (!parsed.success) return null;
  const { code, message, request_id, data } = parsed.data;
  return { code, message: message ?? '', requestId: request_id ?? null, data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(quoteLongIntegers(text));
  } catch {
    return undefined;
  }
}

/** A whole string or a whole number of JSON. Numbers inside of strings are skipped with the string. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Puts integers of 16 digits and more in quotes, so that parsing keeps them to the last digit. TikTok's ids and scope
 * numbers are 64-bit integers, and some answers carry them as numbers, which JavaScript would round above 2^53.
 */
export function quoteLongIntegers(json: string): string {
  return json.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token));
}
