import { authorization, connection, newConnection } from '../../../src/api/schemas/connection.js';
import type { RunningApi } from './running-api.js';

export const NEW_CONNECTION = { platform: 'tiktok-customer-file', name: 'Our shop' };

/** What stories about connections ask of the API, and of the sandbox behind it. */
export function connectionCalls(api: () => RunningApi) {
  return {
    async create() {
      return newConnection.parse((await api().post('/v1/connections', NEW_CONNECTION)).body);
    },
    async look(id: string) {
      return connection.parse((await api().get(`/v1/connections/${id}`)).body);
    },
    async signInAgain(id: string): Promise<string> {
      const { body } = await api().post(`/v1/connections/${id}/authorizations`);
      return authorization.parse(body).authorizationUrl;
    },
    async sandbox(path: string, body: unknown): Promise<void> {
      const response = await fetch(`${api().sandboxUrl}/_sandbox/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
    },
  };
}
