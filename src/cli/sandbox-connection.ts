import type { Connection, NewConnection } from '../api/schemas/connection.js';
import { type ApiClient, readAll } from './api-client.js';

/** The newest connection with the sandbox that can be used; made, and signed in for, when there is none. */
export async function sandboxConnection(api: ApiClient): Promise<Connection> {
  const known = (await readAll<Connection>(api, '/v1/connections')).find(
    ({ environment, status }) => environment === 'sandbox' && status === 'configured',
  );
  if (known !== undefined) return known;
  const { id, authorizationUrl } = await api.post<NewConnection>('/v1/connections', {
    platform: 'tiktok-customer-file',
    name: 'TikTok sandbox',
    environment: 'sandbox',
  });
  // As a person would who presses the button of the sandbox's consent page.
  const consent = new URL(authorizationUrl);
  consent.searchParams.set('decision', 'approve');
  const page = await fetch(consent);
  await page.body?.cancel();
  const connection = await api.get<Connection>(`/v1/connections/${id}`);
  if (connection.status !== 'configured') {
    throw new Error(
      `The sign-in at the sandbox ended with status ${page.status}; the connection is ${connection.status}.`,
    );
  }
  return connection;
}
