import { createInterface } from 'node:readline';
import { rejectedKey } from '../../activation/object-keys.js';
import { type StoredRequest, storedRequest } from '../../activation/stored-request.js';
import type { ActivationRow } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import { listParts } from '../../database/preparation-parts.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { Problem } from '../http/problem.js';
import type { RejectedRow } from '../schemas/rejected-row.js';
import { rejectedRow } from '../schemas/rejected-row.js';

/** One write for each line would cost more than the line. */
const LINES_PER_CHUNK = 500;

/**
 * The rejected rows of the parts that are prepared, in the order of the file. There can be millions. Throws a 410 problem
 * when the lists were deleted with the upload: empty ones would say that nothing was rejected.
 */
export async function readRejectedRows(
  { db, store }: { readonly db: Database; readonly store: ObjectStore },
  { preparation_id: preparationId, request }: ActivationRow,
): Promise<AsyncIterable<RejectedRow>> {
  const parts = preparationId === null ? [] : await listParts(db, preparationId);
  const lists = parts.flatMap((part) =>
    part.prepared_at === null ? [] : [rejectedKey(part.preparation_id, part.part_index)],
  );
  for (const key of lists) if ((await store.stat(key)) === null) throw listsGone();
  return rowsOf(store, lists, storedRequest.parse(request));
}

async function* rowsOf(
  store: ObjectStore,
  lists: readonly string[],
  { columns }: StoredRequest,
): AsyncGenerator<RejectedRow> {
  const identifierOf = new Map(columns.map(({ index, identifier }) => [index, identifier]));
  for (const key of lists) {
    for await (const line of linesOf(store, key)) {
      const [lineNumber, columnIndex, reason] = line.split(',');
      const column = columnIndex === '' ? null : Number(columnIndex);
      yield rejectedRow.parse({
        line: Number(lineNumber),
        column,
        identifier: column === null ? null : (identifierOf.get(column) ?? null),
        reason,
      });
    }
  }
}

function listsGone(): Problem {
  return new Problem({
    status: 410,
    code: 'rejected_rows_gone',
    title: 'The rejected rows are no longer listed',
    detail:
      'The list was deleted with the uploaded file. The counts by reason are kept with the activation; for the lines, ' +
      'start a dry run of the file.',
  });
}

async function* linesOf(store: ObjectStore, key: string): AsyncGenerator<string> {
  const input = await store.read(key);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    // Whoever asked may be gone before the end, and readline leaves the file open then.
    input.destroy();
  }
}

/** `line,column,identifier,reason`; no cell needs quotes. */
export async function* asCsv(rows: AsyncIterable<RejectedRow>): AsyncGenerator<string> {
  yield 'line,column,identifier,reason\n';
  yield* inChunks(
    rows,
    ({ line, column, identifier, reason }) => `${line},${column ?? ''},${identifier ?? ''},${reason}\n`,
  );
}

/** A list as the API writes it, all of it in one page. */
export async function* asJson(rows: AsyncIterable<RejectedRow>): AsyncGenerator<string> {
  yield '{"data":[';
  let first = true;
  yield* inChunks(rows, (row) => {
    const separator = first ? '' : ',';
    first = false;
    return `${separator}${JSON.stringify(row)}`;
  });
  yield '],"nextCursor":null}';
}

async function* inChunks(
  rows: AsyncIterable<RejectedRow>,
  write: (row: RejectedRow) => string,
): AsyncGenerator<string> {
  let chunk: string[] = [];
  for await (const row of rows) {
    chunk.push(write(row));
    if (chunk.length === LINES_PER_CHUNK) {
      yield chunk.join('');
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk.join('');
}
