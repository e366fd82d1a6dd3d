import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** A value stored as JSON whose shape the database does not know; its reader parses it. */
export type Json = JSONColumnType<object>;
type NullableJson = ColumnType<object | null, string | null | undefined, string | null>;
type NullableTime = ColumnType<Date | null, Date | null | undefined, Date | null>;
type Default<T> = Generated<T>;

/** Where the calls of a connection go: to TikTok itself, or to the sandbox in its place. */
export type ConnectionEnvironment = 'live' | 'sandbox';

export type ConnectionStatus = 'not_configured' | 'configured' | 'needs_reauthorization' | 'disconnected';

/** One authorization of the platform by one user. */
export interface ConnectionsTable {
  id: string;
  platform: string;
  /** Fixed when the connection is made. */
  environment: Default<ConnectionEnvironment>;
  name: string | null;
  status: ConnectionStatus;
  /** Raised by every new authorization: a failure that carries an older version is old news. */
  version: Default<number>;
  /** Encrypted; null until configured and after disconnecting. */
  access_token: Buffer | null;
  /** Encrypted; null for a long-term token, which cannot be refreshed. */
  refresh_token: Buffer | null;
  /** When the access token dies by itself; null for a long-term token. */
  token_expires_at: NullableTime;
  scopes: Default<string[]>;
  authorized_by: string | null;
  authorized_at: NullableTime;
  verified_at: NullableTime;
  /** What a person must do: code, title, detail. */
  attention: NullableJson;
  /** The newest failure of a call that says something of the connection: time, class, TikTok's code and request id. */
  last_failure: NullableJson;
  created_at: Default<Date>;
}

export interface ConnectionAdvertisersTable {
  connection_id: string;
  advertiser_id: string;
  name: string;
  timezone: string | null;
  /** Custom audiences the advertiser has, of TikTok's 400; null when TikTok did not say. */
  audiences_used: number | null;
  /** Whether TikTok lets the person who signed in change audiences; null when that was not seen. */
  can_write: boolean | null;
}

/** A sign-in that was begun, what `state` in TikTok's redirect must match; or an invitation to one. */
export interface AuthorizationRequestsTable {
  /** SHA-256 of the state or of the invitation's token, hex: they themselves are secrets. */
  state_digest: string;
  connection_id: string;
  /** `sign_in` or `invitation`. */
  purpose: Default<string>;
  invited_by: string | null;
  note: string | null;
  /** Digest of the invitation through which the sign-in was begun. */
  invitation_digest: string | null;
  expires_at: Date;
  used_at: NullableTime;
  created_at: Default<Date>;
}

export interface UploadsTable {
  id: string;
  filename: string | null;
  /** Bytes announced. */
  size: number;
  /** Bytes received so far, as last recorded; the upload's own store knows better. */
  received: Default<number>;
  progressed_at: Default<Date>;
  completed_at: NullableTime;
  /** SHA-256 of the content, lower-case hex. */
  digest: string | null;
  /** When the content was deleted, at its expiry or by request. */
  removed_at: NullableTime;
  created_at: Default<Date>;
}

/** An upload cut and prepared under one plan; shared by all activations that hold a lease on it. */
export interface PreparationsTable {
  id: string;
  /** Upload digest and plan, hashed: the same key means the same bytes in every part. */
  key: string;
  upload_id: string;
  plan: Json;
  /** Null until split. */
  rows_total: number | null;
  parts_total: number | null;
  /** Set when the last lease is gone and the parts are deleted; such a preparation is never leased again. */
  discarded_at: NullableTime;
  created_at: Default<Date>;
}

export interface PreparationLeasesTable {
  preparation_id: string;
  activation_id: string;
  created_at: Default<Date>;
}

/** The ledger by part. */
export interface PreparationPartsTable {
  preparation_id: string;
  part_index: number;
  range_start: number;
  range_end: number;
  first_line: number;
  first_row: number;
  rows: number;
  /** The activation that is preparing it, so that another one waits instead of doing the same. */
  claimed_by: string | null;
  claimed_until: NullableTime;
  attempts: Default<number>;
  prepared_at: NullableTime;
  bytes: number | null;
  md5: string | null;
  /** `PartLedger`, once prepared. */
  ledger: NullableJson;
  /** HyperLogLog registers, once prepared. */
  distinct_sketch: Buffer | null;
}

export interface ActivationsTable {
  id: string;
  upload_id: string;
  connection_id: string;
  advertiser_id: string;
  /** `ActivationRequest`: columns are known by index in it. */
  request: Json;
  phase: string;
  /** Temporal's id of the run whose step recorded the phase last, and the number of the step in it. */
  phase_run: string | null;
  phase_step: number | null;
  waiting: NullableJson;
  attention: NullableJson;
  failure: NullableJson;
  preparation_id: string | null;
  audience_id: string | null;
  audience_state: string | null;
  audience_matched: number | null;
  /** What TikTok last said of the audience in its own words. */
  audience_words: string | null;
  /** The failed or cancelled run that this one tries again. */
  retry_of: string | null;
  created_at: Default<Date>;
  /** When Temporal accepted the workflow; until then the dispatcher tries again. */
  dispatched_at: NullableTime;
  started_at: NullableTime;
  finished_at: NullableTime;
}

/** A part as one activation delivered it. */
export interface DeliveriesTable {
  activation_id: string;
  part_index: number;
  /** TikTok's name for the uploaded file. */
  file_path: string;
  request_id: string | null;
  bytes: number;
  uploaded_at: Default<Date>;
}

/** What an activation does to an audience: written before TikTok is asked, and after it answered. */
export interface PublicationsTable {
  activation_id: string;
  action: string;
  /** The name under which the audience is created, which only this activation uses; null for updates. */
  one_time_name: string | null;
  intended_at: Default<Date>;
  audience_id: string | null;
  request_id: string | null;
  published_at: NullableTime;
  /** When the audience got the name that was asked for. */
  named_at: NullableTime;
  /** How often a request was let go. */
  sends: Default<number>;
  /** When the latest request must have left, or must never leave. Null: nothing of it has left, and nothing will. */
  send_before: NullableTime;
  /** Looks at TikTok since the latest send, which did not find it. */
  looks: Default<number>;
  /** When an answer was first missed, so that TikTok had to be looked at. */
  doubted_at: NullableTime;
  /** The entries of the audience's history before the latest send. */
  history_before: string[] | null;
  /** TikTok's own words, where it took the request with a warning. */
  warning: string | null;
  /** When the audience was looked at again, after TikTok's time for matching. */
  looked_again_at: NullableTime;
}

/** Which run may change an audience: one at a time. The turn is over when its run is. */
export interface AudienceTurnsTable {
  advertiser_id: string;
  audience_id: string;
  activation_id: string;
  taken_at: Default<Date>;
}

export interface IdempotencyKeysTable {
  key: string;
  /** SHA-256 of the request, so that a key used again for something else is refused. */
  request_digest: string;
  activation_ids: string[];
  created_at: Default<Date>;
}

/** When calls of TikTok may be made: one row for each endpoint of an app. */
export interface CallSchedulesTable {
  app_id: string;
  endpoint: string;
  /** The earliest turn that is not given away. */
  next_at: Default<Date>;
  /** Turns that are given away and still to come, and the advertiser that each belongs to. */
  turns: Default<Date[]>;
  turn_owners: Default<string[]>;
  /** UTC day of the latest turn, and how many turns that day had. */
  day: Default<Date>;
  day_calls: Default<number>;
  /** Refusals for a limit in a row; the next one pauses the app for longer. */
  strikes: Default<number>;
  /** Raised with every change of `strikes`: of calls that were under way together only the first counts. */
  incident: Default<number>;
  /** What the latest request for a turn was told. */
  granted: Default<boolean>;
  turn_at: Default<Date>;
}

/** Until when nobody may call TikTok for an app, or for one of its advertisers. */
export interface CallPausesTable {
  app_id: string;
  /** Empty: the whole app. */
  advertiser_id: string;
  paused_until: Date;
  /** As in `call_schedules`, for the throttle of the advertiser. */
  strikes: Default<number>;
  incident: Default<number>;
}

export interface Schema {
  connections: ConnectionsTable;
  connection_advertisers: ConnectionAdvertisersTable;
  authorization_requests: AuthorizationRequestsTable;
  uploads: UploadsTable;
  preparations: PreparationsTable;
  preparation_leases: PreparationLeasesTable;
  preparation_parts: PreparationPartsTable;
  activations: ActivationsTable;
  deliveries: DeliveriesTable;
  publications: PublicationsTable;
  audience_turns: AudienceTurnsTable;
  idempotency_keys: IdempotencyKeysTable;
  call_schedules: CallSchedulesTable;
  call_pauses: CallPausesTable;
}
