// DuckDB with the fastest SQL found (docs/performance.md says what was tried). It writes a file a
// thread, rows in any order. With --rows-only it makes no MD5 and no account of rows.
//   node duckdb.mjs [--rows-only] INPUT OUTPUT_FOLDER THREADS FILE
import { DuckDBInstance } from '@duckdb/node-api';
import { FILES } from '../customer-files.mjs';
import { reportUsage } from '../report-usage.mjs';
import { makePartDigests } from './part-digests.mjs';

const rowsOnly = process.argv[2] === '--rows-only';
const [input, folder, threads, name] = process.argv.slice(rowsOnly ? 3 : 2);
const file = FILES[name];

const TRIMMED = {
  email: 'trim(lower(email))',
  phone: 'phone',
  maid: 'trim(lower(maid))',
};

const CANONICAL = {
  email: `replace(split_part(split_part(email, '@', 1), '+', 1), '.', '') || '@' || split_part(email, '@', 2)`,
  phone: `'+' || ltrim(replace(replace(replace(replace(replace(phone, '+', ''), ' ', ''), '-', ''), '(', ''), ')', ''), '0')`,
  maid: 'maid',
};

function digest(column) {
  const hashed = `sha256(${CANONICAL[column]})`;
  const value = file.mixesHashes
    ? `CASE WHEN length(${column}) = 64 AND regexp_full_match(${column}, '[0-9a-fA-F]{64}') THEN lower(${column}) ELSE ${hashed} END`
    : hashed;
  return `coalesce(${value}, '') AS ${column === 'maid' ? 'MAID' : column}_SHA256`;
}

const ids = file.identifiers;
const source = `read_csv('${input}', header = true, delim = ',', quote = '"', escape = '"', nullstr = '', auto_detect = false,
  columns = {${file.columns.map((column) => `'${column}': 'VARCHAR'`).join(', ')}})`;
const condition = file.refusesWithoutAt
  ? `contains(email, '@')`
  : ids.map((column) => `${column} IS NOT NULL`).join(' OR ');
const rows = `SELECT ${ids.map((column) => `${TRIMMED[column]} AS ${column}`).join(', ')} FROM ${source}
  WHERE ${condition}`;

const database = await DuckDBInstance.create(':memory:', { threads });
const connection = await database.connect();
await connection.run('SET preserve_insertion_order = false');
await connection.run(
  `COPY (SELECT ${ids.map(digest).join(', ')} FROM (${rows}))
   TO '${folder}' (FORMAT csv, HEADER ${ids.length > 1}, DELIMITER ',', QUOTE '', NULLSTR '',
     PER_THREAD_OUTPUT true, FILENAME_PATTERN 'part-{i}')`,
);
if (!rowsOnly) {
  const counts = ids.flatMap((column) => [
    `count(${column})`,
    ...(file.mixesHashes
      ? [`count(*) FILTER (WHERE regexp_full_match(trim(${column}), '[0-9a-fA-F]{64}'))`]
      : []),
  ]);
  await connection.run(
    `SELECT count(*), count(*) FILTER (WHERE ${condition}), ${counts.join(', ')}, approx_count_distinct(${ids[0]})
     FROM ${source}`,
  );
  await makePartDigests(folder, Number(threads));
}
reportUsage();
