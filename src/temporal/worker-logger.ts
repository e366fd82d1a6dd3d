import type { LogLevel, Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from '../logger.js';

/** Expected here: only the worker of the task queue `core` runs workflows. */
const NO_WORKFLOWS = 'No workflows registered';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Sends what Temporal's SDK logs through the process's logger, so that one redaction covers everything. */
export function workerLogger(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta?: object) => {
    const shown = message.startsWith(NO_WORKFLOWS) ? 'debug' : LEVELS[level];
    logger[shown](meta ?? {}, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
