import type { ConnectionAttention, ConnectionRow } from '../database/connections.js';

/** The attention that is stored with a connection; null when there is none, or none that can be read. */
export function storedAttention(connection: ConnectionRow): ConnectionAttention | null {
  const { attention } = connection;
  if (attention === null || !('code' in attention && 'title' in attention && 'detail' in attention))
    return null;
  const { code, title, detail } = attention;
  const isText = typeof code === 'string' && typeof title === 'string' && typeof detail === 'string';
  return isText ? { code, title, detail } : null;
}
