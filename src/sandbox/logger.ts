import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard output. What is logged of a call is its endpoint and outcome, never its query, header or body. */
export function createSandboxLogger(level: string): Logger {
  return pino({
    name: 'sandbox',
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
