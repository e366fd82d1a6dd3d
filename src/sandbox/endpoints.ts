import type { Endpoint } from './api-call.js';
import { advertiserInfo } from './routes/advertiser-info.js';
import { audienceApply, audienceApplyLog } from './routes/audience-apply.js';
import { audienceCreate } from './routes/audience-create.js';
import { audienceDelete } from './routes/audience-delete.js';
import { audienceFileUpload } from './routes/audience-file-upload.js';
import { audienceGet } from './routes/audience-get.js';
import { audienceList } from './routes/audience-list.js';
import { audienceLookalike } from './routes/audience-lookalike.js';
import { audienceShare, audienceShareCancel, audienceShareLog } from './routes/audience-share.js';
import { audienceUpdate } from './routes/audience-update.js';
import { oauthAccessToken } from './routes/oauth-access-token.js';
import { oauthAdvertiserGet } from './routes/oauth-advertiser-get.js';
import { creatorOauthRefresh, oauthRefresh } from './routes/oauth-refresh.js';
import { oauthRevokeToken } from './routes/oauth-revoke-token.js';
import { oauthToken } from './routes/oauth-token.js';
import { segmentAudience } from './routes/segment-audience.js';
import { segmentMapping } from './routes/segment-mapping.js';
import { userInfo } from './routes/user-info.js';

/** The routes of the Business API that the sandbox has, by their path below `/open_api/v1.3/`. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  [
    oauthAccessToken,
    oauthToken,
    oauthRefresh,
    creatorOauthRefresh,
    oauthAdvertiserGet,
    oauthRevokeToken,
    userInfo,
    advertiserInfo,
    audienceFileUpload,
    audienceCreate,
    audienceUpdate,
    audienceGet,
    audienceList,
    audienceDelete,
    audienceApply,
    audienceApplyLog,
    audienceShare,
    audienceShareCancel,
    audienceShareLog,
    audienceLookalike,
    segmentAudience,
    segmentMapping,
  ].map((endpoint) => [endpoint.path, endpoint]),
);
