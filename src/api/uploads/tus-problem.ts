import { ERRORS } from '@tus/server';
import { diskFailure } from '../../storage/file-system-failure.js';
import { Problem } from '../http/problem.js';
import { tooLargeFor } from './largest-upload.js';

/** What tus refuses by itself, by the status that its protocol gives. */
const REFUSALS: Readonly<Record<number, { readonly code: string; readonly title: string }>> = {
  400: { code: 'invalid_tus_request', title: 'The request does not follow the tus protocol' },
  403: { code: 'invalid_tus_request', title: 'The request does not follow the tus protocol' },
  404: { code: 'not_found', title: 'There is no such upload' },
  409: { code: 'offset_conflict', title: 'The upload stands at another offset' },
  410: { code: 'upload_gone', title: 'The upload has expired or was deleted' },
  412: { code: 'unsupported_tus_version', title: 'The tus version is missing or not supported' },
  413: { code: 'upload_too_large', title: 'The upload is too large' },
  415: { code: 'unsupported_media_type', title: 'The body has the wrong type' },
  501: { code: 'unsupported_tus_extension', title: 'This tus extension is not offered' },
};

/**
 * tus's refusals are plain objects or errors with a status and a body; everything else came from below it.
 *
 * @param maxUploadBytes the largest upload that is taken
 */
export function tusProblem(status: number, body: string, failure: unknown, maxUploadBytes: number): unknown {
  const ownRefusal =
    failure === undefined || (typeof failure === 'object' && failure !== null && 'status_code' in failure);
  if (!ownRefusal) return diskFailure(failure, 'write what was received') ?? failure;
  const refusal = REFUSALS[status];
  if (refusal === undefined) return failure ?? new Error(`tus answered ${status}`);
  return new Problem({
    status,
    ...refusal,
    detail: detailOf(status, body.trim(), maxUploadBytes),
    ...(status === 412 ? { headers: { 'tus-version': '1.0.0' } } : {}),
  });
}

function detailOf(status: number, said: string, maxUploadBytes: number): string {
  if (status !== 413) return said === '' ? 'See https://tus.io/protocols/resumable-upload.' : said;
  // tus has one status for two refusals, which only its words tell apart.
  if (!said.startsWith(ERRORS.ERR_MAX_SIZE_EXCEEDED.body.trim())) {
    return 'More bytes were sent than Upload-Length announced. Begin a new upload with the right length.';
  }
  return tooLargeFor(maxUploadBytes);
}
