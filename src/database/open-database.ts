import { Socket } from 'node:net';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.js';

export type Database = Kysely<Schema>;

const INT8_OID = 20;

/** Longer than any statement takes, and than one waits for a token that is refreshed under a lock. */
const SILENCE_MS = 90_000;

/**
 * The server lets go of a machine that vanished, and of one that stands still, in a transaction whose locks others wait
 * for; its own defaults are hours and never. No transaction of ours is idle for longer than a refresh of a token takes.
 */
const LET_GO_OF_THE_VANISHED =
  "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3; set idle_in_transaction_session_timeout = '5min'";

/** Sizes and counts are stored as int8 and stay below 2^53, so they are read as numbers, not as pg's strings. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an int8 column holds a number beyond 2^53');
  return value;
}

/**
 * A pool of connections. Nothing is connected until the first query, so a process can start before the database does.
 * An idle connection that the server closes (a restart of PostgreSQL) is dropped, and the next query opens a new one.
 *
 * @param onIdleError told of connections lost while idle; without a listener Node would end the process.
 * @param silenceMs after this time without a byte in either direction a connection is given up: a network that swallows
 *   everything tells nobody, and statements would wait for a quarter of an hour, or for ever.
 */
export function openDatabase(
  url: string,
  onIdleError: (error: Error) => void,
  silenceMs = SILENCE_MS,
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // Not Kysely's hook: where that fails the connection stays counted in the pool, and nobody gives it back.
    onConnect: async (client) => {
      await client.query(LET_GO_OF_THE_VANISHED);
    },
    stream: () => {
      const socket = new Socket();
      return socket.setTimeout(silenceMs, () => {
        socket.destroy(new Error(`the database was silent for ${silenceMs / 1000} s`));
      });
    },
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8_OID
          ? parseInt8
          : pg.types.getTypeParser(oid, format ?? 'text')) as typeof pg.types.getTypeParser,
    },
  });
  pool.on('error', onIdleError);
  // A connection that breaks under a statement tells the statement, and the pool drops it; but it also emits an error,
  // which the pool hears of idle ones only, and which would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
