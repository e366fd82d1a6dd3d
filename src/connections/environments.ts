import type { Database } from '../database/open-database.js';
import type { ConnectionEnvironment } from '../database/schema.js';
import type { TikTokClient } from '../tiktok/client.js';
import { createTikTokClient } from '../tiktok/create-client.js';
import { createConfiguredLimiter } from './limiter.js';
import type { LimitSettings } from './limiter-settings.js';

/** A developer app of TikTok, or of the sandbox, and where its calls and its users go. */
export interface AppSettings {
  readonly appId: string;
  readonly appSecret: string;
  readonly apiUrl: string;
  readonly portalUrl: string;
}

/** Null where this server has none: no credentials of TikTok, or no sandbox. At least one is there. */
export type AppSettingsByEnvironment = Readonly<Record<ConnectionEnvironment, AppSettings | null>>;

/** What a connection's calls and sign-ins need. */
export interface Environment {
  readonly client: TikTokClient;
  readonly appId: string;
  readonly portalUrl: string;
}

export type Environments = Readonly<Record<ConnectionEnvironment, Environment | null>>;

/** How the calls of this process share TikTok's limits with those of all others. */
export interface SharedLimits {
  readonly db: Database;
  readonly limits: LimitSettings;
  /** How long a call waits for its turn in this process. */
  readonly patienceMs: number;
}

export function createEnvironments(apps: AppSettingsByEnvironment, shared: SharedLimits): Environments {
  return { live: environmentOf(apps.live, shared), sandbox: environmentOf(apps.sandbox, shared) };
}

function environmentOf(app: AppSettings | null, shared: SharedLimits): Environment | null {
  if (app === null) return null;
  const gate = createConfiguredLimiter({ ...shared, appId: app.appId });
  return { client: createTikTokClient({ ...app, gate }), appId: app.appId, portalUrl: app.portalUrl };
}

/** What a connection gets when nobody chose: TikTok itself wherever there are credentials for it. */
export function defaultEnvironment(environments: Environments): ConnectionEnvironment {
  return environments.live === null ? 'sandbox' : 'live';
}
