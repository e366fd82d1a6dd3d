import { z } from 'zod';
import type { OutputLine } from './child-output.js';

const WARNING = 40;

const loggedError = z.object({ message: z.string().optional() });

const pinoLine = z.object({
  level: z.number(),
  msg: z.string().optional(),
  err: loggedError.optional(),
  error: loggedError.optional(),
});

/** Of our own processes: warnings and errors of the log, and all that goes to standard error, such as a crash. */
export function ofNodeProcess({ text, stream }: OutputLine): string | undefined {
  if (stream === 'stderr') return text;
  const line = pinoLine.safeParse(parsed(text));
  if (!line.success || line.data.level < WARNING) return undefined;
  // Temporal's SDK names it `error`, others `err`.
  const { msg, err, error } = line.data;
  return [msg, (err ?? error)?.message].filter((part) => part !== undefined && part !== '').join(': ');
}

/** PostgreSQL calls every refused statement an error; what stops the server is fatal or panic. */
export function ofPostgres({ text }: OutputLine): string | undefined {
  if (!/\b(FATAL|PANIC):/.test(text)) return undefined;
  return /terminating connection|the database system is/.test(text) ? undefined : text;
}

/** The dev server warns and reports errors in its normal course; without JSON it is the command that failed. */
export function ofTemporal({ text, stream }: OutputLine): string | undefined {
  const line = parsed(text);
  if (line === undefined) return stream === 'stderr' ? text : undefined;
  const fatal = z.object({ level: z.enum(['FATAL', 'PANIC', 'DPANIC']), msg: z.string() }).safeParse(line);
  return fatal.success ? fatal.data.msg : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
