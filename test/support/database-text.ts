import pg from 'pg';

/** Every row of every table, as text; bytes are in hexadecimal. */
export async function databaseText(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query(`select t::text as text from "${name}" t`);
      texts.push(...rows.map(({ text }) => String(text)));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}
