import { AGAIN, AGAIN_OR_CHECK, OURS, WAIT, WHERE } from './remedies.js';
import { RETURN_CODES, type ReturnCode } from './return-codes.js';

/** What a failed answer means: class and retry decide what is done, the words are for a person. */
export type FailureMeaning = Omit<ReturnCode, 'code' | 'words'>;

/** The meaning of an answer that has a code. HTTP status counts only for a code that nobody has described. */
export function meaningOfCode(code: number, message: string, httpStatus: number): FailureMeaning {
  const rows = RETURN_CODES.filter((row) => row.code === code);
  const known = rows.find(({ words }) => words?.test(message)) ?? rows.find(({ words }) => words === null);
  if (known !== undefined) return known;
  return {
    ...(code >= 50_000 && code < 60_000 ? PASSING : classOfUnknownCode(httpStatus)),
    happened: 'this code is not described anywhere',
    ...OURS,
  };
}

const PASSING = { class: 'transient', retry: 'patiently' } as const;
const LASTING = { class: 'invalid', retry: 'never' } as const;

/** TikTok's own answer, so that its HTTP status is one too. */
function classOfUnknownCode(httpStatus: number): Pick<FailureMeaning, 'class' | 'retry'> {
  if (httpStatus === 401) return { class: 'reauthorize', retry: 'never' };
  if (httpStatus === 403) return { class: 'permission', retry: 'never' };
  if (httpStatus === 429) return { class: 'rate_limit', retry: 'after_pause' };
  return httpStatus === 408 || httpStatus >= 500 ? PASSING : LASTING;
}

/**
 * The meaning of an answer that is no envelope: a page of HTML from a gateway or a firewall, or nothing. Such an answer
 * says nothing about the request, whatever its status: a firewall answers 401, 403 and 404 too. Two exceptions: a body that
 * is too large for a gateway, which it will be for ever, and too many requests, which is a limit whoever counts them.
 */
export function meaningOfNoEnvelope(httpStatus: number): FailureMeaning {
  if (httpStatus === 413) return { ...LASTING, happened: 'the request is too large for it', ...WHERE };
  if (httpStatus === 429) {
    return {
      class: 'rate_limit',
      retry: 'after_pause',
      happened: 'too many requests reached TikTok',
      ...WAIT,
    };
  }
  return {
    ...PASSING,
    happened: 'something on the way to it may have answered instead',
    ...(httpStatus < 300 || httpStatus === 408 || httpStatus >= 500 ? AGAIN : AGAIN_OR_CHECK),
  };
}
