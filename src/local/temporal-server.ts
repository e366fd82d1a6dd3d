import { once } from 'node:events';
import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from '../temporal/search-attributes.js';
import type { Command } from './command.js';

/** The Temporal dev server of one stack. */
export interface TemporalServer {
  /** The Temporal CLI, which contains the server. */
  cli: string;
  port: number;
  uiPort: number;
  /** Its SQLite file; absent: in memory. */
  databaseFile?: string;
  /** Beside `default`, which always exists. */
  namespaces?: readonly string[];
}

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

/** What one probing call may take. A server that starts accepts connections before it answers. */
const CALL_LIMIT_MS = 5_000;

export function temporalAddress(server: TemporalServer): string {
  return `127.0.0.1:${server.port}`;
}

export function temporalCommand(server: TemporalServer): Command {
  const { cli, port, uiPort, databaseFile, namespaces = [] } = server;
  return {
    file: cli,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
      ...['--ui-disable-news-fetch', '--log-level', 'warn', '--log-format', 'json'],
      ...namespaces.flatMap((name) => ['--namespace', name]),
      ...SEARCH_ATTRIBUTES.flatMap((key) => ['--search-attribute', `${key.name}=Keyword`]),
      ...(databaseFile === undefined ? [] : ['--db-filename', databaseFile]),
      // The durability of a database with a write-ahead log, at a third of the time for a lane of activities.
      ...(databaseFile === undefined
        ? []
        : ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal']),
    ],
  };
}

/**
 * Resolves once the namespace exists; rejects when it does not yet.
 * @param address host:port
 */
export async function probeTemporal(address: string, namespace: string): Promise<void> {
  await accepts(address);
  await withConnection(address, (connection) => connection.workflowService.describeNamespace({ namespace }));
}

/**
 * Registers the search attributes in a namespace and keeps its closed runs for 30 days. The flags of the dev server do
 * this only when it creates its database file, which may be older than an attribute.
 */
export async function prepareNamespace(address: string, namespace: string): Promise<void> {
  await withConnection(address, async (connection) => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = SEARCH_ATTRIBUTES.filter((key) => customAttributes?.[key.name] === undefined);
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((key) => [key.name, KEYWORD])),
      });
    }
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs('30 days') },
    });
  });
}

/** A gRPC channel waits a second after a refused connection; a plain one can be tried again at once. */
async function accepts(address: string): Promise<void> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

async function withConnection<T>(address: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: CALL_LIMIT_MS });
  try {
    return await connection.withDeadline(Date.now() + CALL_LIMIT_MS, () => use(connection));
  } finally {
    await connection.close();
  }
}
