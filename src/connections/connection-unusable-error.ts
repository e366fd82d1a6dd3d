import type { ConnectionAttention } from '../database/connections.js';

/** A connection cannot be used until a person has done something, which `attention` tells in words. */
export class ConnectionUnusableError extends Error {
  override readonly name = 'ConnectionUnusableError';
  readonly connectionId: string;
  /** The version that failed: once the connection has a higher one, it is worth trying again. */
  readonly version: number;
  readonly attention: ConnectionAttention;

  constructor(connectionId: string, version: number, attention: ConnectionAttention, options?: ErrorOptions) {
    super(attention.detail, options);
    this.connectionId = connectionId;
    this.version = version;
    this.attention = attention;
  }
}
