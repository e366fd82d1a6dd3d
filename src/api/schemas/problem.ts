import { z } from 'zod';
import { CUSTOMER_FILE_ERROR_CODES } from '../../customer-file/customer-file-error.js';

/** What the API itself refuses and why; docs/operating.md explains each. */
export const API_PROBLEM_CODES = [
  'already_retried',
  'bad_address',
  'body_incomplete',
  'body_too_large',
  'connection_in_use',
  'connection_not_configured',
  'database_unavailable',
  'environment_missing',
  'foreign_host',
  'foreign_origin',
  'idempotency_key_reused',
  'internal_error',
  'invalid_idempotency_key',
  'invalid_query',
  'invalid_request',
  'invalid_tus_request',
  'malformed_form',
  'malformed_json',
  'method_not_allowed',
  'not_found',
  'offset_conflict',
  'outcome_unknown',
  'question_changed',
  'rejected_rows_gone',
  'repeated_destination',
  'run_asks_nothing',
  'run_has_completed',
  'run_has_published',
  'run_is_gone',
  'run_is_open',
  'run_is_over',
  'run_not_started',
  'signed_in_meanwhile',
  'storage_full',
  'storage_unavailable',
  'temporal_unavailable',
  'tiktok_rate_limit',
  'tiktok_refused',
  'tiktok_unavailable',
  'unauthorized',
  'unknown_advertiser',
  'unknown_connection',
  'unknown_route',
  'unknown_upload',
  'unstorable_text',
  'unsupported_media_type',
  'unsupported_tus_extension',
  'unsupported_tus_version',
  'upload_gone',
  'upload_in_use',
  'upload_incomplete',
  'upload_too_large',
] as const;

/** Why a connection or an ad account cannot be used; `environment_missing` is among the others. */
export const CONNECTION_PROBLEM_CODES = [
  'advertiser_gone',
  'advertiser_not_granted',
  'connect_tiktok',
  'missing_permission',
  'reconnect_tiktok',
  'token_unreadable',
] as const;

/** The answer to every refused request (RFC 9457), as `application/problem+json`. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z
      .enum([...API_PROBLEM_CODES, ...CONNECTION_PROBLEM_CODES, ...CUSTOMER_FILE_ERROR_CODES])
      .meta({ description: 'Stable; for programs.' }),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
  })
  .meta({ id: 'Problem' });
