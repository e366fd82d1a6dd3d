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
  const code = 'code' in error ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(quotesValues(error.name, code) ? {} : { message: error.message }),
    ...(code === undefined ? {} : { code }),
    stack: frames.join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

const BUILT_IN = new Set([
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
]);

/**
 * Whether the text of such errors may repeat what they were about: those of the language (`JSON.parse` quotes its
 * input), of Node's arguments ("Received 'anna@…'") and of csv-parse. Where they come from says enough.
 */
function quotesValues(name: string, code: unknown): boolean {
  return BUILT_IN.has(name) || (typeof code === 'string' && /^(?:ERR|CSV)_/.test(code));
}
