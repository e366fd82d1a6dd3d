import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { refusals } from './invented.js';

/** A file part, its bytes in a file of ours. */
export interface ReceivedFile {
  readonly fileName: string;
  /** Bytes, at most one more than the limit. */
  readonly size: number;
  /** Lower-case hex. */
  readonly md5: string;
}

export interface ReceivedForm {
  readonly fields: Readonly<Record<string, string>>;
  /** The part named `file`; null without one. */
  readonly file: ReceivedFile | null;
}

async function receiveFile(stream: Readable, fileName: string, path: string): Promise<ReceivedFile> {
  const hash = createHash('md5');
  let size = 0;
  await pipeline(
    stream,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  return { fileName, size, md5: hash.digest('hex') };
}

/**
 * Reads a `multipart/form-data` body. The part named `file` streams to `path`, in constant memory; what exceeds `mostBytes`
 * of it by more than one byte is read and dropped. Other files are dropped.
 *
 * @throws Refusal 40002 for another body, or one that breaks off
 */
export async function receiveForm(
  request: IncomingMessage,
  path: string,
  mostBytes: number,
): Promise<ReceivedForm> {
  const parser = openParser(request, mostBytes);
  const fields: Record<string, string> = {};
  const files: Promise<ReceivedFile>[] = [];
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  parser.on('file', (name, stream, { filename }) => {
    if (name !== 'file' || files.length > 0) {
      stream.resume();
      return;
    }
    const file = receiveFile(stream, filename ?? '', path);
    file.catch((error: unknown) => parser.destroy(error instanceof Error ? error : undefined));
    files.push(file);
  });
  request.once('close', () => {
    if (!request.complete) parser.destroy(new Error('the caller went away'));
  });
  // Not `pipeline`: it would break the connection of a malformed request, which shall be answered.
  request.pipe(parser);
  const outcomes = [...(await Promise.allSettled([finished(parser)])), ...(await Promise.allSettled(files))];
  const failed = outcomes.find((each) => each.status === 'rejected');
  if (failed === undefined) return { fields, file: (await files[0]) ?? null };
  const ofDisk = failed.reason instanceof Error && 'syscall' in failed.reason;
  if (request.readableAborted || ofDisk) throw failed.reason;
  throw refusals.notMultipart();
}

function openParser(request: IncomingMessage, mostBytes: number): busboy.Busboy {
  try {
    // One byte more than allowed, so that a file of exactly the limit is told from a longer one.
    return busboy({ headers: request.headers, limits: { fileSize: mostBytes + 1 }, defParamCharset: 'utf8' });
  } catch {
    throw refusals.notMultipart();
  }
}
