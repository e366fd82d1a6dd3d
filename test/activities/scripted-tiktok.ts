import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { APP_SECRET, TOKEN } from '../tiktok/every-call.js';
import { type ScriptedServer, startScriptedServer } from '../tiktok/scripted-server.js';
import { type LocalActivities, localActivities } from './local-activities.js';
import { scriptedAccess } from './scripted-access.js';

/** Activities whose calls of TikTok go to a server that answers as a test tells it. */
export async function withScriptedTikTok(): Promise<{ server: ScriptedServer; local: LocalActivities }> {
  const server = await startScriptedServer();
  const tiktok = createTikTokClient({ apiUrl: server.apiUrl, appId: '7', appSecret: APP_SECRET });
  return { server, local: await localActivities({ access: scriptedAccess(tiktok, { token: TOKEN }) }) };
}
