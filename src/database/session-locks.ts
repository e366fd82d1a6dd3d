import pg from 'pg';

const CHANNEL = 'lock_wanted';
const CONNECT_TIMEOUT_MS = 10_000;
const QUERY_TIMEOUT_MS = 10_000;
/** How long a process may say nothing before its locks are given to others: it was stopped, or its machine sleeps. */
const SILENT_MS = 30_000;

interface Answer {
  readonly result: unknown;
  /** The session that answered, which may be lost since. */
  readonly by: Promise<pg.Client>;
}

export interface HeldLock {
  release(): Promise<void>;
}

/** Locks by name, which exclude each other among all processes on one database. */
export interface SessionLocks {
  /**
   * Takes the lock, or gives null while somebody has it, in this process or another. Throws when the database is down.
   *
   * @param onWanted called when somebody else asks for the lock, and when it was lost with the connection.
   */
  tryLock(name: string, onWanted?: () => void): Promise<HeldLock | null>;
  /** Tells whoever holds the lock that it is wanted. */
  want(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * PostgreSQL's advisory locks, all of a process on one connection of its own: the locks of a process that dies go with
 * its connection, without a time to wait, and many held locks do not use up the pool. Those of a process that is stopped
 * go when it has said nothing for `silentMs`.
 *
 * They save work and order it; what must happen once is also guarded by what is recorded, because a connection can
 * break while the work goes on.
 */
export function openSessionLocks(
  url: string,
  onError: (error: Error) => void,
  { silentMs = SILENT_MS }: { readonly silentMs?: number } = {},
): SessionLocks {
  const held = new Map<string, { readonly onWanted: () => void }>();
  /** Names that the server is being asked for: it would give the same session one lock twice. */
  const asking = new Set<string>();
  let session: Promise<pg.Client> | null = null;
  let lastQuery: Promise<unknown> = Promise.resolve();

  function lose(lost: Promise<pg.Client>): void {
    if (session !== lost) return;
    session = null;
    const holders = [...held.values()];
    held.clear();
    for (const { onWanted } of holders) onWanted();
  }

  function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
    });
    const settle = async () => {
      await client.connect();
      // The server lets go of a machine that vanished without a word; its own default is hours.
      await client.query(
        'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; ' +
          `set idle_session_timeout = ${silentMs}`,
      );
      await client.query(`listen ${CHANNEL}`);
      return client;
    };
    const connecting = settle().catch(async (error: unknown) => {
      // Nobody else has this client: it would stay connected for ever, and the next attempt makes another.
      await client.end();
      throw error;
    });
    client.on('error', (error) => {
      onError(error);
      lose(connecting);
    });
    client.on('end', () => lose(connecting));
    client.on('notification', ({ payload }) => held.get(payload ?? '')?.onWanted());
    return connecting;
  }

  /** One at a time: pg's client is to have no second query while one runs. Each is short, and bounded by its timeout. */
  function query(text: string, values: readonly string[]): Promise<Answer> {
    const answer = lastQuery.then(() => queryNow(text, values));
    lastQuery = answer.catch(() => undefined);
    return answer;
  }

  async function queryNow(text: string, values: readonly string[]): Promise<Answer> {
    session ??= connect();
    const current = session;
    try {
      const { rows } = await (await current).query<{ result: unknown }>(text, [...values]);
      return { result: rows[0]?.result, by: current };
    } catch (error) {
      // Nobody knows now which locks it holds.
      lose(current);
      current.then((client) => client.end()).catch(() => undefined);
      throw error;
    }
  }

  // A failure is that of the connection, whose holders are told.
  const sayAlive = () => {
    if (session !== null) query('select 1 as result', []).catch(() => undefined);
  };
  const alive = setInterval(sayAlive, silentMs / 3);
  alive.unref();

  return {
    async tryLock(name, onWanted = () => undefined) {
      if (held.has(name) || asking.has(name)) return null;
      const holder = { onWanted };
      asking.add(name);
      try {
        const { result, by } = await query('select pg_try_advisory_lock(hashtextextended($1, 0)) as result', [
          name,
        ]);
        if (result !== true) return null;
        if (session !== by) throw new Error('the database connection for locks was lost');
        held.set(name, holder);
      } finally {
        asking.delete(name);
      }
      return {
        async release() {
          if (held.get(name) !== holder) return;
          // Kept in `held` until the server has let go, so that nobody here takes what is about to be released.
          await query('select pg_advisory_unlock(hashtextextended($1, 0)) as result', [name]).catch(
            (error: unknown) => onError(error instanceof Error ? error : new Error(String(error))),
          );
          if (held.get(name) === holder) held.delete(name);
        },
      };
    },

    async want(name) {
      const own = held.get(name);
      if (own !== undefined) own.onWanted();
      else await query(`select pg_notify('${CHANNEL}', $1) as result`, [name]);
    },

    async close() {
      clearInterval(alive);
      const open = session;
      session = null;
      held.clear();
      await open?.then((client) => client.end()).catch(() => undefined);
    },
  };
}
