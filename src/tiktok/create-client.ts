import { audienceCalls } from './audiences.js';
import { type CallGate, OPEN_GATE } from './call-gate.js';
import type { TikTokClient } from './client.js';
import { fileCalls } from './files.js';
import { oauthCalls } from './oauth.js';
import { createTransport, DEFAULT_TIMEOUTS, type TikTokTimeouts } from './transport.js';

export interface TikTokClientOptions {
  /** As `https://business-api.tiktok.com/open_api/v1.3/`. */
  readonly apiUrl: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly timeouts?: Partial<TikTokTimeouts>;
  /** Default: one that lets every call pass. */
  readonly gate?: CallGate;
}

/** A client for one developer app. It keeps no state and no connections: nothing has to be closed. */
export function createTikTokClient(options: TikTokClientOptions): TikTokClient {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const call = createTransport(options.apiUrl, options.appSecret, timeouts, options.gate ?? OPEN_GATE);
  return {
    ...oauthCalls(call, { id: options.appId, secret: options.appSecret }),
    ...fileCalls(call),
    ...audienceCalls(call),
  };
}
