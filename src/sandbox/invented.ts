import { Refusal } from './refusal.js';

/**
 * Everything here is INVENTED: TikTok documents the situation but not its code, its text or its number, or documents
 * nothing at all. Correct it here when a real answer is seen. A few more choices stand where they act, each with its
 * reason: the text for another app's token in `app.ts`, `is_valid` while a change is processed in `audience-view.ts`,
 * the fields of `advertiser/info/` in its route.
 */

/** How long an uploaded file can be used. TikTok has a code for expired files (40910) but names no time. */
export const FILE_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The first audience's id. Live ids have nine digits and grow. */
export const FIRST_AUDIENCE_ID = 195_400_001;

/** A permission id with more digits than a JavaScript number holds: TikTok's list has some, their meaning is not ours. */
export const LONG_SCOPE = '1728467123456789123';

/** `action` of an entry of `audience_history`. Only `create` was ever seen. */
export const HISTORY_ACTIONS = {
  CREATE: 'create',
  APPEND: 'append',
  REMOVE: 'remove',
  REPLACE: 'replace',
  RENAME: 'rename',
} as const;

/** Placed in `error_msg` of an audience and `msg` of its history. */
export const AUDIENCE_MESSAGES = {
  tooSmall: (minimum: number) => `The audience size is less than ${minimum}. Please upload more data.`,
  changeTooSmall: (minimum: number) =>
    `The operation failed: the audience size would be less than ${minimum}. The audience was not changed.`,
  wrongType: 'The calculate_type of the audience does not match that of the file.',
  unparsed: (values: number) => `${values} values could not be parsed.`,
} as const;

/** Refusals whose situation is documented and whose code or text is not. */
export const refusals = {
  unknownRoute: () => new Refusal(40006, 'no schema found'),
  notJson: () => new Refusal(40002, 'The request body is not a JSON object.'),
  notMultipart: () => new Refusal(40002, 'The request body must be multipart/form-data.'),
  invalidField: (field: string) => new Refusal(40002, `Invalid value for field: ${field}.`),
  unknownApp: () => new Refusal(40113, 'The app does not exist or is blocked.'),
  wrongSecret: () => new Refusal(40101, 'The secret, the app_id or the auth_code do not belong together.'),
  unknownAdvertiser: () => new Refusal(40300, 'The advertiser does not exist.'),
  signatureMismatch: () => new Refusal(40900, 'The file signature does not match the file.'),
  unknownFile: () => new Refusal(40905, 'The file does not exist.'),
  emptyFile: () => new Refusal(40906, 'The file is empty.'),
  fileTooLarge: () => new Refusal(40907, 'The file is too large.'),
  fileExtension: () => new Refusal(40908, 'The file type is not supported. Only .csv and .txt are.'),
  calculateType: (code: 40002 | 40909) => new Refusal(code, 'The calculate_type is not supported.'),
  expiredFile: () => new Refusal(40910, 'The file has expired. Please upload it again.'),
  fileFormat: (what: string) => new Refusal(40915, `The file does not meet the requirements: ${what}.`),
  typeMismatch: () => new Refusal(40002, AUDIENCE_MESSAGES.wrongType),
  audienceLimit: (limit: number) =>
    new Refusal(40002, `The advertiser has reached the limit of ${limit} custom audiences.`),
  unknownAudience: () => new Refusal(40007, 'The custom audience does not exist.'),
  nothingToUpdate: () => new Refusal(40002, 'Missing required field(s): custom_audience_name or file_paths.'),
  broken: () => new Refusal(50000, 'System error.'),
} as const;

/** `user/info/`: the user who pressed "approve". TikTok's field list was not found. */
export const SANDBOX_USER = {
  core_user_id: '7000000000000000100',
  display_name: 'Sandbox User',
  email: 'sandbox.user@example.com',
  create_time: 1_704_067_200,
} as const;
