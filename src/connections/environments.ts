import type { ConnectionEnvironment } from '../database/schema.js';
import type { TikTokClient } from '../tiktok/client.js';
import { createTikTokClient } from '../tiktok/create-client.js';

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

export function createEnvironments(apps: AppSettingsByEnvironment): Environments {
  return { live: environmentOf(apps.live), sandbox: environmentOf(apps.sandbox) };
}

function environmentOf(app: AppSettings | null): Environment | null {
  if (app === null) return null;
  return { client: createTikTokClient(app), appId: app.appId, portalUrl: app.portalUrl };
}

/** What a connection gets when nobody chose: TikTok itself wherever there are credentials for it. */
export function defaultEnvironment(environments: Environments): ConnectionEnvironment {
  return environments.live === null ? 'sandbox' : 'live';
}
