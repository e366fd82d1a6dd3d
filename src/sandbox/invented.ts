import { Refusal } from './refusal.js';

/** One value that is INVENTED: what TikTok leaves open, and what the sandbox says there. */
export interface Invention {
  readonly situation: string;
  readonly value: string;
}

const table: Invention[] = [];

/**
 * Everything that the sandbox invents: TikTok documents the situation but not its code, its text or its number, or
 * documents nothing at all. The page and the docs show this table. Correct a value here when a real answer is seen.
 */
export const INVENTIONS: readonly Invention[] = table;

/** A value for a situation; goes into the table as `shown`. */
function invent<Value>(situation: string, value: Value, shown: string): Value {
  table.push({ situation, value: shown });
  return value;
}

/** A refusal; `text` gets what differs from case to case. */
function inventRefusal<Detail extends readonly unknown[]>(
  situation: string,
  code: number,
  text: (...detail: Detail) => string,
  ...example: Detail
): (...detail: Detail) => Refusal {
  table.push({ situation, value: `${code} ${text(...example)}` });
  return (...detail) => new Refusal(code, text(...detail));
}

/** How long an uploaded file can be used. */
export const FILE_LIFETIME_MS = invent(
  'how long an uploaded file can be used (code 40910 exists, no time is named)',
  24 * 60 * 60 * 1000,
  '24 hours',
);

/** The first audience's id. */
export const FIRST_AUDIENCE_ID = invent(
  'the first audience id (live ids have nine digits and grow)',
  195_400_001,
  '195400001',
);

/** A permission id with more digits than a JavaScript number holds. */
export const LONG_SCOPE = invent(
  'a permission id of 19 digits (TikTok’s list has some; their meaning is not ours)',
  '1728467123456789123',
  '1728467123456789123',
);

/** `action` of an entry of `audience_history`. */
export const HISTORY_ACTIONS = invent(
  'action in audience_history (only create was ever seen)',
  { CREATE: 'create', APPEND: 'append', REMOVE: 'remove', REPLACE: 'replace', RENAME: 'rename' } as const,
  'create, append, remove, replace, rename',
);

const tooSmall = (minimum: number) => `The audience size is less than ${minimum}. Please upload more data.`;
const changeTooSmall = (minimum: number) =>
  `The operation failed: the audience size would be less than ${minimum}. The audience was not changed.`;
const unparsed = (values: number) => `${values} values could not be parsed.`;

/** Placed in `error_msg` of an audience and `msg` of its history. */
export const AUDIENCE_MESSAGES = {
  tooSmall: invent('error_msg of a new audience that is too small', tooSmall, tooSmall(1000)),
  changeTooSmall: invent(
    'error_msg of a change that would leave too few people',
    changeTooSmall,
    changeTooSmall(1000),
  ),
  wrongType: invent(
    'error_msg when a file is of another calculate_type',
    'The calculate_type of the audience does not match that of the file.',
    'The calculate_type of the audience does not match that of the file.',
  ),
  badFile: invent(
    'error_msg of an audience whose file path was wrong (setting badFilePath)',
    'A file of the audience does not exist or has expired.',
    'A file of the audience does not exist or has expired.',
  ),
  unparsed: invent('msg of a history entry whose files had bad values', unparsed, unparsed(3)),
} as const;

const FIELD = 'the_field';

const UNKNOWN_TYPE = invent(
  'a calculate_type that does not exist (setting unknownCalculateType)',
  'The calculate_type is not supported.',
  '40002 or 40909 The calculate_type is not supported.',
);

/** Refusals whose situation is documented and whose code or text is not. */
export const refusals = {
  unknownRoute: inventRefusal('a path that the API does not have', 40006, () => 'no schema found'),
  notJson: inventRefusal(
    'a body that is no JSON object',
    40002,
    () => 'The request body is not a JSON object.',
  ),
  notMultipart: inventRefusal(
    'an upload that is not multipart, or breaks off',
    40002,
    () => 'The request body must be multipart/form-data.',
  ),
  missingFields: inventRefusal(
    'required fields are missing',
    40002,
    (fields: readonly string[]) => `Missing required field(s): ${fields.join(', ')}.`,
    [FIELD],
  ),
  invalidField: inventRefusal(
    'a field of another form, length or value',
    40002,
    (field: string) => `Invalid value for field: ${field}.`,
    FIELD,
  ),
  unknownApp: inventRefusal(
    'another app id, without a token',
    40113,
    () => 'The app does not exist or is blocked.',
  ),
  blockedApp: inventRefusal('the app is blocked (setting appBlocked)', 40113, () => 'The app is blocked.'),
  wrongSecret: inventRefusal(
    'a wrong secret',
    40101,
    () => 'The secret, the app_id or the auth_code do not belong together.',
  ),
  grantType: inventRefusal('another grant_type', 40108, () => 'The grant_type is not supported.'),
  expiredToken: inventRefusal(
    'an expired access token (setting tokenLifetimes)',
    40102,
    () => 'The access token has expired. Please refresh it or authorize again.',
  ),
  expiredRefreshToken: inventRefusal(
    'an expired refresh token',
    40103,
    () => 'The refresh token has expired.',
  ),
  badRefreshToken: inventRefusal(
    'a refresh token that is unknown or used, or belongs to a long-term token',
    40107,
    () => 'The refresh token is invalid.',
  ),
  unknownAdvertiser: inventRefusal(
    'an advertiser that does not exist',
    40300,
    () => 'The advertiser does not exist.',
  ),
  signatureMismatch: inventRefusal(
    'file_signature is not the MD5 of the file',
    40900,
    () => 'The file signature does not match the file.',
  ),
  unknownFile: inventRefusal(
    'a file path that is unknown, or another advertiser’s',
    40905,
    () => 'The file does not exist.',
  ),
  emptyFile: inventRefusal('an empty file', 40906, () => 'The file is empty.'),
  fileTooLarge: inventRefusal('a file over the limit', 40907, () => 'The file is too large.'),
  fileExtension: inventRefusal(
    'a file name that does not end in .csv or .txt',
    40908,
    () => 'The file type is not supported. Only .csv and .txt are.',
  ),
  calculateType: (code: 40002 | 40909) => new Refusal(code, UNKNOWN_TYPE),
  expiredFile: inventRefusal(
    'a file path that has expired',
    40910,
    () => 'The file has expired. Please upload it again.',
  ),
  fileFormat: inventRefusal(
    'a MULTIPLE_TYPES file without or with a wrong header, or with a ragged row',
    40915,
    (what: string) => `The file does not meet the requirements: ${what}.`,
    'line 3 has 1 fields, the header 2',
  ),
  typeMismatch: inventRefusal(
    'files of another calculate_type (setting calculateTypeMismatch: refused)',
    40002,
    () => AUDIENCE_MESSAGES.wrongType,
  ),
  audienceLimit: inventRefusal(
    'create when the advertiser has 400 audiences',
    40002,
    (limit: number) => `The advertiser has reached the limit of ${limit} custom audiences.`,
    400,
  ),
  unknownAudience: inventRefusal(
    'an audience that does not exist, where it is changed or deleted',
    40007,
    () => 'The custom audience does not exist.',
  ),
  notOwner: inventRefusal(
    'a change of an audience that another advertiser shares',
    40001,
    () => 'No permission: the advertiser is not the owner of the custom audience.',
  ),
  nothingToUpdate: inventRefusal(
    'update without a name and without files',
    40002,
    () => 'Missing required field(s): custom_audience_name or file_paths.',
  ),
  notCustomerFile: inventRefusal(
    'a change of the files of an audience that is not of a customer file',
    40002,
    () => 'The custom audience is not a Customer File Audience.',
  ),
  seedTooSmall: inventRefusal(
    'a lookalike of fewer than 100 people, or of another lookalike',
    40002,
    () => 'The source audience cannot be used for a lookalike audience.',
  ),
  broken: inventRefusal('a mistake of the sandbox itself', 50000, () => 'System error.'),
} as const;

/** `user/info/`: the user who pressed "approve". */
export const SANDBOX_USER = invent(
  'the fields of user/info/ (no list was found)',
  {
    core_user_id: '7000000000000000100',
    display_name: 'Sandbox User',
    email: 'sandbox.user@example.com',
    create_time: 1_704_067_200,
  } as const,
  'core_user_id, display_name, email, create_time',
);

/** People of a lookalike audience for each one of its source, by `audience_size`. */
export const LOOKALIKE_GROWTH = invent(
  'the size of a lookalike audience, as a multiple of its source',
  { NARROW: 10, BALANCED: 20, BROAD: 30 } as const,
  'NARROW 10, BALANCED 20, BROAD 30',
);

/** What a denied consent sends back, and more behaviour that stands where it acts. */
table.push(
  { situation: 'what a denied consent sends back', value: 'only state' },
  {
    situation:
      'an oauth2/advertiser/get/ or revoke_token/ with another app’s id (documented as 40113, seen as 40000)',
    value: '40000 and the documented text',
  },
  { situation: 'is_valid and cover_num while a change is processed', value: 'false; those of before' },
  { situation: 'delete when one of the ids is unknown', value: 'nothing is deleted' },
  { situation: 'a file path that only deleted audiences named', value: '40905, also within its day' },
  { situation: 'get and list of unknown ids', value: 'absent from the list' },
  {
    situation: 'the order of the checks',
    value:
      'token, app blocked, permission, rate of the app, missing fields, values, advertiser, rate of the advertiser, the thing itself',
  },
  { situation: 'the windows of the rate limits', value: 'calendar seconds, minutes and days (UTC)' },
  {
    situation: 'a byte order mark, quotes, spaces, blank lines in a file',
    value: 'taken literally: bad or empty values, in silence; CRLF is a line ending',
  },
  {
    situation: 'refreshing (setting tokenLifetimes)',
    value: 'gives a new refresh token and ends the old one; the older access token lives on until it expires',
  },
  { situation: 'two changes of one audience at once', value: 'the second is not editable' },
);
