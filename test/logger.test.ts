import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  write(createLogger('test', 'info', sink));
  return lines.join('');
}

describe('the log', () => {
  it.each(['err', 'error'])(
    'tells an error given as %s by type, message, code and cause, without what libraries hang on it',
    (key) => {
      const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
      const error = Object.assign(new Error('query failed', { cause }), { record: ['jane@example.com'] });
      const line = logged((logger) => logger.error({ [key]: error }, 'failed'));
      expect(line).toContain('query failed');
      expect(line).toContain('ECONNREFUSED');
      expect(line).not.toContain('jane@example.com');
    },
  );

  it('leaves out the text of errors that quote what they were about, and keeps where they come from', () => {
    const quoting = [
      new TypeError('not jane@example.com'),
      Object.assign(new Error('got jane@example.com'), { code: 'CSV_INVALID_CLOSING_QUOTE' }),
      new Error('failed', {
        cause: Object.assign(new Error('got jane@example.com'), { code: 'ERR_INVALID_ARG_VALUE' }),
      }),
    ];
    for (const error of quoting) {
      const line = logged((logger) => logger.error({ error }, 'failed'));
      expect(line).not.toContain('jane@example.com');
      expect(line).toContain('logger.test.ts');
    }
  });

  it('leaves tokens out', () => {
    const line = logged((logger) =>
      logger.info({ accessToken: 'secret-1', request: { authorization: 'secret-2' } }, 'x'),
    );
    expect(line).not.toContain('secret');
  });
});
