import type { TikTokErrorClass } from './errors.js';
import { AGAIN, GRANT, OURS, SIGN_IN, WAIT, WHERE } from './remedies.js';
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

function classOfUnknownCode(httpStatus: number): Pick<FailureMeaning, 'class' | 'retry'> {
  return httpStatus < 400 ? LASTING : meaningOfStatus(httpStatus);
}

/**
 * The meaning of an answer that is no envelope: a page of HTML from a gateway, or nothing. With a status of success it
 * counts as transient, as TikTok's edge answers so under load.
 */
export function meaningOfStatus(httpStatus: number): FailureMeaning {
  if (httpStatus === 404 || httpStatus === 405) {
    return { ...LASTING, happened: 'there is no such call at this address', ...WHERE };
  }
  if (httpStatus === 401) {
    return lasting('reauthorize', 'TikTok does not accept the token', SIGN_IN);
  }
  if (httpStatus === 403) {
    return lasting('permission', 'TikTok forbids the call', {
      ...GRANT,
      advice:
        'Sign in at TikTok again with every permission box ticked; check that this server may reach TikTok.',
    });
  }
  if (httpStatus === 429) {
    return {
      class: 'rate_limit',
      retry: 'after_pause',
      happened: 'too many requests reached TikTok',
      ...WAIT,
    };
  }
  if (httpStatus < 300 || httpStatus === 408 || httpStatus >= 500) {
    return { ...PASSING, happened: 'something between here and TikTok answered instead of it', ...AGAIN };
  }
  return { ...LASTING, happened: 'the answer is not one of TikTok', ...WHERE };
}

function lasting(
  errorClass: TikTokErrorClass,
  happened: string,
  remedy: Pick<FailureMeaning, 'advice' | 'mender'>,
): FailureMeaning {
  return { class: errorClass, retry: 'never', happened, ...remedy };
}
