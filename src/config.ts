import { z } from 'zod';
import { LONGEST_PAUSE_MS } from './database/call-schedules.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const encryptionKey = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64, as `openssl rand -base64 32` makes them');

const httpUrl = z.url({ protocol: /^https?$/ });

const port = z.coerce.number().int().min(0).max(65_535);

const pauseSeconds = z.coerce
  .number()
  .positive()
  .max(LONGEST_PAUSE_MS / 1_000);

const appId = z.string().regex(/^\d+$/, 'must be the digits of the app id');
const appSecret = z.string().min(1);

/** @param live whether calls go to TikTok itself, which needs the credentials of an app */
const variables = (live: boolean) =>
  z
    .object({
      HOST: z.string().default('127.0.0.1'),
      PORT: port.default(8080),
      PUBLIC_URL: httpUrl
        .refine(isOrigin, 'must be an address without a path, as https://audiences.example.com')
        .optional(),
      API_KEYS: z
        .string()
        .default('')
        .transform((text) => text.split(',').map((key) => key.trim()))
        .transform((keys) => keys.filter((key) => key !== ''))
        .refine((keys) => keys.every((key) => key.length >= 16), 'each key needs at least 16 characters'),
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      STORAGE_URL: z.url({ protocol: /^(file|s3)$/ }),
      TEMPORAL_UI_URL: httpUrl.optional(),
      TIKTOK_APP_ID: live ? appId : appId.optional(),
      TIKTOK_APP_SECRET: live ? appSecret : appSecret.optional(),
      TIKTOK_API_URL: httpUrl.default('https://business-api.tiktok.com/open_api/v1.3/'),
      TIKTOK_PORTAL_URL: httpUrl.default('https://business-api.tiktok.com/portal/auth'),
      TIKTOK_SANDBOX_URL: httpUrl.optional(),
      TIKTOK_RATE_LEVEL: z.enum(['basic', 'advanced', 'premium', 'ultimate']).default('basic'),
      TIKTOK_MINUTE_PAUSE_SECONDS: pauseSeconds.default(300),
      TIKTOK_DAY_PAUSE_SECONDS: pauseSeconds.optional(),
      ENCRYPTION_KEY: encryptionKey,
      ENCRYPTION_KEY_PREVIOUS: encryptionKey.optional(),
      WORKER_ROLES: z
        .string()
        .default('core,prepare,tiktok')
        .transform((text) => text.split(',').map((role) => role.trim()))
        .pipe(z.array(z.enum(['core', 'prepare', 'tiktok'])).min(1)),
      WORKER_HEALTH_PORT: port.default(8081),
      PART_BYTES: z.coerce.number().int().min(1_000).max(250_000_000).default(50_000_000),
      LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
    })
    .refine((v) => LOOPBACK.has(v.HOST) || v.API_KEYS.length > 0, {
      path: ['API_KEYS'],
      message: 'must be set when HOST is not a loopback address, or anybody could use the API',
    })
    // A proxy brings in those who come by another address.
    .refine((v) => isLoopbackUrl(v.PUBLIC_URL) || v.API_KEYS.length > 0, {
      path: ['API_KEYS'],
      message: 'must be set when PUBLIC_URL is not a loopback address, or anybody could use the API',
    });

/** Pages and their links begin at the root of the address. */
function isOrigin(url: string): boolean {
  const { pathname, search, hash } = new URL(url);
  return /^\/*$/.test(pathname) && search === '' && hash === '';
}

function isLoopbackUrl(url: string | undefined): boolean {
  return url === undefined || LOOPBACK.has(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

const rotationVariables = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  ENCRYPTION_KEY: encryptionKey,
  ENCRYPTION_KEY_PREVIOUS: encryptionKey,
});

type Variables = z.output<ReturnType<typeof variables>>;

/** The app that the sandbox knows from the start; not secret, and of no use anywhere else. */
const SANDBOX_APP = { appId: '7000000000000000000', appSecret: 'sandbox-secret' };

/** What the environment says, checked. See `.env.example` for the meaning of each variable. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly loopback: boolean;
  readonly apiKeys: readonly string[];
  readonly databaseUrl: string;
  readonly storageUrl: string;
  readonly temporalUiUrl: string | null;
  /** TikTok itself and the sandbox; at least one of them. */
  readonly tiktok: { live: TikTokApp | null; sandbox: TikTokApp | null };
  readonly tiktokLimits: TikTokLimits;
  readonly encryptionKeys: { current: Buffer; previous: Buffer | null };
  readonly workerRoles: readonly ('core' | 'prepare' | 'tiktok')[];
  readonly workerHealthPort: number;
  readonly partBytes: number;
  readonly logLevel: string;
}

export interface TikTokApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly apiUrl: string;
  readonly portalUrl: string;
}

/** How fast TikTok is called, and how long nobody calls it after it refused. */
export interface TikTokLimits {
  readonly level: 'basic' | 'advanced' | 'premium' | 'ultimate';
  /** Milliseconds. */
  readonly minutePause: number;
  readonly dayPause: number | 'until_midnight_utc';
}

/** The environment does not fit. The message lists every mistake, in words, and no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment once, at the start of a process. An empty variable counts as absent, since compose files and
 * shells write it so.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const present = presentIn(env);
  const credentials = [present['TIKTOK_APP_ID'], present['TIKTOK_APP_SECRET']];
  const live = present['TIKTOK_SANDBOX_URL'] === undefined || credentials.some((one) => one !== undefined);
  const parsed = variables(live).safeParse(present);
  if (!parsed.success) throw incomplete(parsed.error, present);
  const v = parsed.data;
  return {
    host: v.HOST,
    port: v.PORT,
    publicUrl: (v.PUBLIC_URL ?? `http://${v.HOST.includes(':') ? `[${v.HOST}]` : v.HOST}:${v.PORT}`).replace(
      /\/+$/,
      '',
    ),
    loopback: LOOPBACK.has(v.HOST),
    apiKeys: v.API_KEYS,
    databaseUrl: v.DATABASE_URL,
    storageUrl: v.STORAGE_URL,
    temporalUiUrl: v.TEMPORAL_UI_URL?.replace(/\/+$/, '') ?? null,
    tiktok: { live: liveApp(v), sandbox: sandboxApp(v.TIKTOK_SANDBOX_URL) },
    tiktokLimits: {
      level: v.TIKTOK_RATE_LEVEL,
      minutePause: v.TIKTOK_MINUTE_PAUSE_SECONDS * 1_000,
      dayPause:
        v.TIKTOK_DAY_PAUSE_SECONDS === undefined ? 'until_midnight_utc' : v.TIKTOK_DAY_PAUSE_SECONDS * 1_000,
    },
    encryptionKeys: { current: v.ENCRYPTION_KEY, previous: v.ENCRYPTION_KEY_PREVIOUS ?? null },
    workerRoles: v.WORKER_ROLES,
    workerHealthPort: v.WORKER_HEALTH_PORT,
    partBytes: v.PART_BYTES,
    logLevel: v.LOG_LEVEL,
  };
}

function liveApp(v: Variables): TikTokApp | null {
  if (v.TIKTOK_APP_ID === undefined || v.TIKTOK_APP_SECRET === undefined) return null;
  return {
    appId: v.TIKTOK_APP_ID,
    appSecret: v.TIKTOK_APP_SECRET,
    apiUrl: v.TIKTOK_API_URL,
    portalUrl: v.TIKTOK_PORTAL_URL,
  };
}

function sandboxApp(url: string | undefined): TikTokApp | null {
  if (url === undefined) return null;
  const base = url.replace(/\/+$/, '');
  return { ...SANDBOX_APP, apiUrl: `${base}/open_api/v1.3/`, portalUrl: `${base}/portal/auth` };
}

/** What `npm run rotate-key` needs. */
export function readRotationConfig(env: NodeJS.ProcessEnv): {
  databaseUrl: string;
  encryptionKeys: { current: Buffer; previous: Buffer };
} {
  const present = presentIn(env);
  const parsed = rotationVariables.safeParse(present);
  if (!parsed.success) throw incomplete(parsed.error, present);
  const { DATABASE_URL, ENCRYPTION_KEY, ENCRYPTION_KEY_PREVIOUS } = parsed.data;
  return {
    databaseUrl: DATABASE_URL,
    encryptionKeys: { current: ENCRYPTION_KEY, previous: ENCRYPTION_KEY_PREVIOUS },
  };
}

function presentIn(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}

function incomplete(error: z.ZodError, present: Record<string, string | undefined>): ConfigError {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.')}: ${mistake(issue, present)}`);
  return new ConfigError(`The environment is not complete (see .env.example):\n${lines.join('\n')}`);
}

function mistake(issue: z.core.$ZodIssue, present: Record<string, string | undefined>): string {
  return present[String(issue.path[0])] === undefined && issue.code !== 'custom'
    ? 'is missing'
    : issue.message;
}
