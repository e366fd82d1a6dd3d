import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines, on standard output unless told otherwise. What can hold a token is cut out of every line. */
export function createLogger(
  name: string,
  level: string,
  destination: DestinationStream = pino.destination(1),
): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    redact: {
      paths: ['taskToken', '*.taskToken', 'authorization', '*.authorization', 'accessToken', '*.accessToken'],
      remove: true,
    },
    serializers: { err: describeError, error: describeError },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, destination);
}

/**
 * An error without the properties that libraries hang on theirs: they can hold a record of a file or a query's values.
 * Temporal's SDK nests what it knows of a failure in `cause`.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
