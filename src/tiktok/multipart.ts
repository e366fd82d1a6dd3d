import { randomUUID } from 'node:crypto';
import type { HttpBody } from './http-exchange.js';

export interface FilePart {
  readonly name: string;
  /** Letters, digits, `-`, `_` and `.` only: it stands in a header. */
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/**
 * A `multipart/form-data` body (RFC 7578) of short text fields and one file behind them, which passes through chunk
 * by chunk. Its length is known from the file's, so that it is not sent chunked.
 */
export function multipartBody(fields: Readonly<Record<string, string>>, file: FilePart): HttpBody {
  const boundary = `----activate-audience-${randomUUID()}`;
  const opening = Buffer.from(
    Object.entries(fields)
      .map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      .join('') +
      `--${boundary}\r\nContent-Disposition: form-data; name="${file.name}"; filename="${file.fileName}"\r\n` +
      `Content-Type: ${file.contentType}\r\n\r\n`,
  );
  const closing = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: opening.length + file.size + closing.length,
    bytes: async function* () {
      yield opening;
      yield* file.bytes();
      yield closing;
    },
  };
}
