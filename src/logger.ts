import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard output. What can hold a token or a query of the OAuth callback is cut out of every line. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    base: { pid: process.pid },
    redact: {
      paths: ['taskToken', '*.taskToken', 'authorization', '*.authorization', 'accessToken', '*.accessToken'],
      remove: true,
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
