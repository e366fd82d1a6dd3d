import pg from 'pg';

/**
 * What of the work stood finished in the database at some moment, and whether a later look finds it done again: a
 * part that was prepared keeps its time, a part that was uploaded keeps TikTok's name for it.
 */
export class FinishedParts {
  readonly #databaseUrl: string;
  readonly #seen = new Map<string, string>();
  #redone: string[] = [];

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
  }

  /** Parts that were finished at an earlier look and were done again since. */
  get redone(): readonly string[] {
    return this.#redone;
  }

  /** Looks, unless the database is down at this moment. */
  async look(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      connectionTimeoutMillis: 1_000,
      query_timeout: 2_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ part: string; state: string }>(`
        SELECT 'prepared ' || preparation_id || ' ' || part_index AS part, prepared_at::text AS state
          FROM preparation_parts WHERE prepared_at IS NOT NULL
        UNION ALL SELECT 'uploaded ' || activation_id || ' ' || part_index, file_path FROM deliveries`);
      for (const { part, state } of rows) {
        const before = this.#seen.get(part);
        if (before !== undefined && before !== state) this.#redone.push(part);
        this.#seen.set(part, state);
      }
    } catch {
      // Killed or frozen: the next look will do.
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
