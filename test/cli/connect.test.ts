import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';
import { connectionOf } from './samples.js';
import { ScriptedApi } from './scripted-api.js';

const authorizationUrl = 'https://business-api.tiktok.com/portal/auth?app_id=1';
const later = (): string => new Date(Date.now() + 60_000).toISOString();

let api: ScriptedApi;

beforeEach(async () => {
  api = await ScriptedApi.start();
});

afterEach(() => api.close());

describe('activate -- connect', () => {
  it('prints the page, opens it, waits until the person signed in and lists the advertisers', async () => {
    const fresh = connectionOf({
      id: 'con_2',
      status: 'not_configured',
      authorizedAt: null,
      advertisers: [],
    });
    api.answers.set('POST /v1/connections', {
      status: 201,
      body: { ...fresh, authorizationUrl, expiresAt: later() },
    });
    api.connections = [fresh];
    const opened: string[] = [];
    const openBrowser = (url: string): void => {
      opened.push(url);
      api.connections = [connectionOf({ id: 'con_2' })];
    };

    const ran = await runCli(['connect', '--name', 'Second', '--api', api.url], { openBrowser });

    expect(ran.exitCode).toBe(0);
    expect(opened).toEqual([authorizationUrl]);
    expect(ran.stdout).toContain(authorizationUrl);
    expect(ran.stdout).toContain('7000000000000000001  Shoes Ltd, 3 of 400 audiences used');
    expect(api.requests('POST', '/v1/connections')[0]?.body).toEqual({
      platform: 'tiktok-customer-file',
      name: 'Second',
    });
  });

  it('signs in again for the connection that lost its authorization instead of making another', async () => {
    api.connections = [connectionOf({ status: 'needs_reauthorization' })];
    api.answers.set('POST /v1/connections/con_1/authorizations', {
      status: 201,
      body: { authorizationUrl, expiresAt: later() },
    });
    const openBrowser = (): void => {
      api.connections = [connectionOf({ authorizedAt: '2026-11-23T10:00:00.000Z' })];
    };

    const ran = await runCli(['connect', '--api', api.url], { openBrowser });

    expect(ran.exitCode).toBe(0);
    expect(api.requests('POST', '/v1/connections')).toHaveLength(0);
  });

  it('makes an invitation for somebody else, opens no browser and does not wait', async () => {
    api.connections = [connectionOf({ status: 'needs_reauthorization' })];
    const invitation = 'http://127.0.0.1:8080/invitation?token=t';
    api.answers.set('POST /v1/connections/con_1/authorizations', {
      status: 201,
      body: { authorizationUrl: invitation, expiresAt: later() },
    });
    const opened: string[] = [];
    const openBrowser = (url: string): void => {
      opened.push(url);
    };
    const ran = await runCli(['connect', '--invite-from', 'Anna Adler', '--api', api.url], { openBrowser });
    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain(invitation);
    expect(opened).toEqual([]);
    expect(api.requests('POST', '/v1/connections/con_1/authorizations')[0]?.body).toEqual({
      invitation: { from: 'Anna Adler' },
    });
  });

  it('with --json tells at once, on the error stream, where to sign in; the document is the connection', async () => {
    api.connections = [connectionOf({ status: 'needs_reauthorization' })];
    api.answers.set('POST /v1/connections/con_1/authorizations', {
      status: 201,
      body: { authorizationUrl, expiresAt: later() },
    });
    const signedIn = connectionOf({ authorizedAt: '2026-11-23T10:00:00.000Z' });
    const onComplaint = (text: string): void => {
      if (text.includes(authorizationUrl)) api.connections = [signedIn];
    };

    const ran = await runCli(['connect', '--json', '--api', api.url], { onComplaint });

    expect(ran.exitCode).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual(signedIn);
    expect(ran.stderr).toBe(
      `Sign in with TikTok and allow the access on this page:\n  ${authorizationUrl}\n`,
    );
  });

  it('with --json puts the link of an invitation and its end into the document', async () => {
    const lapsed = connectionOf({ status: 'needs_reauthorization' });
    api.connections = [lapsed];
    const invitation = { authorizationUrl: 'http://127.0.0.1:8080/invitation?token=t', expiresAt: later() };
    api.answers.set('POST /v1/connections/con_1/authorizations', { status: 201, body: invitation });

    const ran = await runCli(['connect', '--invite-from', 'Anna Adler', '--json', '--api', api.url]);

    expect(ran.exitCode).toBe(3);
    expect(JSON.parse(ran.stdout)).toEqual({ ...lapsed, ...invitation });
    expect(ran.stderr).toBe('');
  });

  it('ends with 3 when the page expires before anybody signed in', async () => {
    api.connections = [connectionOf({ status: 'not_configured', authorizedAt: null })];
    api.answers.set('POST /v1/connections/con_1/authorizations', {
      status: 201,
      body: { authorizationUrl, expiresAt: new Date().toISOString() },
    });
    const ran = await runCli(['connect', 'con_1', '--api', api.url]);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('activate -- connect');
  });
});
