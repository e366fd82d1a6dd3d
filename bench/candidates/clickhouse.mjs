// ClickHouse inside of the process (chdb) with the fastest SQL found (docs/performance.md says what was tried). It makes one
// file. With --rows-only it makes no MD5 and no account of rows.
//   node clickhouse.mjs [--rows-only] INPUT OUTPUT_FOLDER THREADS FILE
import { query } from 'chdb';
import { FILES } from '../customer-files.mjs';
import { reportUsage } from '../report-usage.mjs';
import { makePartDigests } from './part-digests.mjs';

const rowsOnly = process.argv[2] === '--rows-only';
const [input, folder, threads, name] = process.argv.slice(rowsOnly ? 3 : 2);
const file = FILES[name];

const TRIMMED = {
  email: 'trimBoth(lower(email))',
  phone: 'phone',
  maid: 'trimBoth(lower(maid))',
};

const CANONICAL = {
  email: `concat(replaceAll(extract(email_t, '^[^@+]*'), '.', ''), substring(email_t, position(email_t, '@')))`,
  phone: `concat('+', trim(LEADING '0' FROM replaceRegexpAll(phone_t, '[^0-9]+', '')))`,
  maid: 'maid_t',
};

function digest(column) {
  const value = `${column}_t`;
  const hashed = `lower(hex(SHA256(${CANONICAL[column]})))`;
  const cases = [
    ...(file.identifiers.length > 1 ? [`${value} = '', ''`] : []),
    ...(file.mixesHashes
      ? [`length(${value}) = 64 AND match(${value}, '^[0-9a-fA-F]{64}$'), lower(${value})`]
      : []),
  ];
  const digests = cases.length === 0 ? hashed : `multiIf(${cases.join(', ')}, ${hashed})`;
  return `${digests} AS ${column === 'maid' ? 'MAID' : column}_SHA256`;
}

const ids = file.identifiers;
const source = `file('${input}', 'CSVWithNames', '${file.columns.map((column) => `${column} String`).join(', ')}')`;
const condition = file.refusesWithoutAt
  ? `position(email, '@') > 0`
  : ids.map((column) => `${column} != ''`).join(' OR ');
const rows = `SELECT ${ids.map((column) => `${TRIMMED[column]} AS ${column}_t`).join(', ')} FROM ${source} WHERE ${condition}`;
query(
  `SELECT ${ids.map(digest).join(', ')} FROM (${rows})
   INTO OUTFILE '${folder}/part.csv' TRUNCATE
   FORMAT CustomSeparated${ids.length > 1 ? 'WithNames' : ''}
   SETTINGS format_custom_escaping_rule = 'Raw', format_custom_field_delimiter = ',',
     max_threads = ${threads}, max_parsing_threads = 1`,
  'CSV',
);
if (!rowsOnly) {
  const counts = ids.flatMap((column) => [
    `countIf(${column} != '')`,
    ...(file.mixesHashes ? [`countIf(match(trimBoth(${column}), '^[0-9a-fA-F]{64}$'))`] : []),
  ]);
  query(
    `SELECT count(), countIf(${condition}), ${counts.join(', ')}, uniqHLL12(${ids[0]}) FROM ${source}
     SETTINGS max_threads = ${threads}`,
    'CSV',
  );
  await makePartDigests(folder, Number(threads));
}
reportUsage();
