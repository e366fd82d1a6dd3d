/** How system calls fail when PostgreSQL is not there. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * PostgreSQL's: connection exceptions (class 08), shutting down or starting (57P01 to 57P03), too many connections (53300), and
 * a table that is not there (42P01), because the migrations have not run yet.
 */
const SQL_STATES = /^(?:08...|57P0[123]|53300|42P01)$/;

/** pg gives these no code, and neither does the watch over silent connections. */
const MESSAGES =
  /timeout exceeded when trying to connect|^timeout expired$|Connection terminated|is not queryable|the database was silent/;

/**
 * Whether a query failed because the database is not there (yet), and not because of the query. Nothing else here talks to
 * a network without wrapping its errors.
 */
export function isDatabaseDown(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseDown);
  if (!(error instanceof Error)) return false;
  if (MESSAGES.test(error.message)) return true;
  const code = 'code' in error ? error.code : null;
  if (typeof code !== 'string') return false;
  // Of a socket in a folder; any other call that finds nothing looked for a file.
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect';
  return NETWORK_CODES.has(code) || SQL_STATES.test(code);
}
