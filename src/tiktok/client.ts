import type { Readable } from 'node:stream';

/** An advertiser that a token may act for. */
export interface AuthorizedAdvertiser {
  readonly id: string;
  readonly name: string;
}

/** What TikTok says of an advertiser; null where it says nothing. */
export interface AdvertiserInfo {
  readonly id: string;
  readonly name: string;
  readonly timezone: string | null;
  readonly status: string | null;
}

/** The answer to an authorization code. Ids and scopes are strings: some have more digits than a number holds. */
export interface GrantedAuthorization {
  readonly accessToken: string;
  readonly advertiserIds: readonly string[];
  readonly scopes: readonly string[];
  /** Null for a long-term token. */
  readonly refresh: RefreshableToken | null;
}

/** What comes with a token that dies by itself. */
export interface RefreshableToken {
  readonly refreshToken: string;
  /** Of the access token. */
  readonly expiresInSeconds: number;
}

/** The answer to a refresh: both tokens are new, and the old ones are dead. */
export interface RefreshedToken extends RefreshableToken {
  readonly accessToken: string;
}

export interface AuthorizingUser {
  readonly id: string | null;
  readonly displayName: string | null;
}

/** One entry of `dmp/custom_audience/list/`. */
export interface AudienceSummary {
  readonly audienceId: string;
  readonly name: string;
  /** As `Customer File Audience`. */
  readonly type: string;
  readonly calculateType: string | null;
  /** Matched users. */
  readonly coverNum: number;
  readonly isValid: boolean;
  readonly isExpiring: boolean;
  /** Whether the advertiser made it itself, rather than being shared it. */
  readonly isCreator: boolean;
  /** As TikTok writes it: `YYYY-MM-DD HH:MM:SS`, UTC. */
  readonly expiredTime: string | null;
}

export interface AudiencePage {
  readonly audiences: readonly AudienceSummary[];
  readonly page: number;
  readonly totalPages: number;
  readonly total: number;
}

/** One entry of `dmp/custom_audience/get/`. */
export interface AudienceDetails extends AudienceSummary {
  /** TikTok's words about a failed creation or change. */
  readonly errorMessage: string | null;
  readonly message: string | null;
  readonly history: readonly HistoryEntry[];
}

/** One change of an audience, as TikTok lists it, newest first and at most 100. */
export interface HistoryEntry {
  /** `create` for the first one; TikTok documents no other word. */
  readonly action: string | null;
  readonly detail: string | null;
  /** `open_api` for a change that came through the API. */
  readonly editor: string | null;
  readonly message: string | null;
  /** `YYYY-MM-DD HH:MM:SS` in the advertiser's time zone. */
  readonly time: string | null;
}

/** What TikTok said of a change that it made. */
export interface ChangeReceipt {
  /** TikTok's id of the call, for its support. */
  readonly requestId: string | null;
  /** TikTok's words when it made the change only in part (code 20001), else null. */
  readonly warning: string | null;
}

export type UpdateAction = 'APPEND' | 'REMOVE' | 'REPLACE';

export interface FileToUpload {
  readonly advertiserId: string;
  readonly calculateType: string;
  /** Ends in `.csv`; never the customer's own file name. */
  readonly fileName: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly md5: string;
  /** Opens the file's bytes, from the first one. */
  readonly open: () => Promise<Readable>;
}

/**
 * TikTok's Business API, v1.3. Every method throws `TikTokError`, and aborts with `signal`. A method that changes
 * something and fails with class `transient` may have had its effect.
 */
export interface TikTokClient {
  exchangeAuthCode(authCode: string, signal?: AbortSignal): Promise<GrantedAuthorization>;
  /** Works once for each refresh token. A long-term token has none. */
  refreshAccessToken(refreshToken: string, signal?: AbortSignal): Promise<RefreshedToken>;
  revokeToken(token: string, signal?: AbortSignal): Promise<void>;
  authorizingUser(token: string, signal?: AbortSignal): Promise<AuthorizingUser>;
  authorizedAdvertisers(token: string, signal?: AbortSignal): Promise<readonly AuthorizedAdvertiser[]>;
  advertiserInfo(
    token: string,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly AdvertiserInfo[]>;

  uploadFile(
    token: string,
    file: FileToUpload,
    signal?: AbortSignal,
  ): Promise<ChangeReceipt & { readonly filePath: string }>;
  createAudience(
    token: string,
    audience: {
      advertiserId: string;
      name: string;
      filePaths: readonly string[];
      calculateType: string;
      retentionInDays?: number;
    },
    signal?: AbortSignal,
    /** Called immediately before the first byte leaves; when it throws, nothing is sent and the call throws the same. */
    beforeSend?: () => void,
  ): Promise<ChangeReceipt & { readonly audienceId: string }>;
  /** `action` is required: TikTok's own default would replace the audience. */
  updateAudience(
    token: string,
    update: { advertiserId: string; audienceId: string; action: UpdateAction; filePaths: readonly string[] },
    signal?: AbortSignal,
    beforeSend?: () => void,
  ): Promise<ChangeReceipt>;
  renameAudience(
    token: string,
    rename: { advertiserId: string; audienceId: string; name: string },
    signal?: AbortSignal,
  ): Promise<void>;
  deleteAudiences(
    token: string,
    advertiserId: string,
    audienceIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** Ids that TikTok does not know are absent from the answer. */
  getAudiences(
    token: string,
    advertiserId: string,
    audienceIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly AudienceDetails[]>;
  listAudiences(
    token: string,
    advertiserId: string,
    page: number,
    signal?: AbortSignal,
  ): Promise<AudiencePage>;
}
