import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.js';

const complete = {
  DATABASE_URL: 'postgresql://localhost/audience',
  STORAGE_URL: 'file:///var/lib/audience',
  TIKTOK_APP_ID: '7000000000000000000',
  TIKTOK_APP_SECRET: 'a secret',
  ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
};

function mistakes(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('the environment', () => {
  it('needs little: the rest has defaults for one machine', () => {
    expect(readConfig(complete)).toMatchObject({
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:8080',
      loopback: true,
      workerRoles: ['core', 'prepare', 'tiktok'],
      partBytes: 50_000_000,
      tiktokLimits: { level: 'basic', minutePause: 300_000, dayPause: 'until_midnight_utc' },
    });
  });

  it('is reported with all its mistakes together, in words and without a value', () => {
    const message = mistakes({
      ...complete,
      DATABASE_URL: undefined,
      TIKTOK_APP_ID: 'not-digits',
      ENCRYPTION_KEY: 'c2hvcnQtc2VjcmV0',
      PART_BYTES: '10',
    });
    expect(message).toContain('DATABASE_URL: is missing');
    expect(message).toContain('TIKTOK_APP_ID: must be the digits');
    expect(message).toContain('ENCRYPTION_KEY: must be 32 bytes');
    expect(message).toContain('PART_BYTES');
    expect(message).not.toContain('c2hvcnQtc2VjcmV0');
    expect(message).not.toContain('not-digits');
  });

  it('treats an empty variable as absent, as compose files write it', () => {
    expect(readConfig({ ...complete, PUBLIC_URL: '', WORKER_ROLES: '' }).workerRoles).toHaveLength(3);
    expect(mistakes({ ...complete, TIKTOK_APP_SECRET: '' })).toContain('TIKTOK_APP_SECRET: is missing');
  });

  it('needs no credentials of TikTok where the sandbox stands in for it, but never half of them', () => {
    const { TIKTOK_APP_ID, TIKTOK_APP_SECRET, ...rest } = complete;
    const sandbox = { ...rest, TIKTOK_SANDBOX_URL: 'http://127.0.0.1:8090/' };
    expect(readConfig(sandbox).tiktok).toMatchObject({
      live: null,
      sandbox: { apiUrl: 'http://127.0.0.1:8090/open_api/v1.3/' },
    });
    expect(mistakes(rest)).toContain('TIKTOK_APP_ID: is missing');
    expect(mistakes({ ...sandbox, TIKTOK_APP_ID })).toContain('TIKTOK_APP_SECRET: is missing');
    const both = readConfig({ ...sandbox, TIKTOK_APP_ID, TIKTOK_APP_SECRET }).tiktok;
    expect([both.live?.appSecret, both.sandbox?.appSecret]).toEqual(['a secret', 'sandbox-secret']);
  });

  it('does not open the API to others without keys', () => {
    expect(mistakes({ ...complete, HOST: '0.0.0.0' })).toContain('API_KEYS');
    const open = readConfig({
      ...complete,
      HOST: '0.0.0.0',
      API_KEYS: 'first-key-of-sixteen, second-key-of-sixteen',
    });
    expect(open.apiKeys).toEqual(['first-key-of-sixteen', 'second-key-of-sixteen']);
    expect(open.loopback).toBe(false);
  });

  it('does not open the API without keys to those who come by a proxy', () => {
    const behindProxy = { ...complete, PUBLIC_URL: 'https://audiences.example.com' };
    expect(mistakes(behindProxy)).toContain(
      'API_KEYS: must be set when PUBLIC_URL is not a loopback address',
    );
    expect(readConfig({ ...behindProxy, API_KEYS: 'first-key-of-sixteen' }).loopback).toBe(true);
    for (const PUBLIC_URL of ['http://localhost:8080', 'http://[::1]:8080', 'http://127.0.0.1:9000']) {
      expect(readConfig({ ...complete, PUBLIC_URL }).apiKeys).toEqual([]);
    }
  });

  it('takes no PUBLIC_URL with a path: pages and links begin at the root', () => {
    for (const PUBLIC_URL of ['http://127.0.0.1:8080/audiences', 'http://127.0.0.1:8080/?a=b']) {
      expect(mistakes({ ...complete, PUBLIC_URL })).toContain(
        'PUBLIC_URL: must be an address without a path',
      );
    }
    expect(readConfig({ ...complete, PUBLIC_URL: 'http://127.0.0.1:8080//' }).publicUrl).toBe(
      'http://127.0.0.1:8080',
    );
  });

  it('makes a usable address of an IPv6 host', () => {
    expect(readConfig({ ...complete, HOST: '::1' }).publicUrl).toBe('http://[::1]:8080');
  });
});
