import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type * as RunInThread from '../../src/customer-file/run-in-thread.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { localUpload, newPath, planFor, prepared } from './local-upload.js';

// A thread runs JavaScript, so this is the build's.
const BUILT = fileURLToPath(new URL('../../dist/customer-file/run-in-thread.js', import.meta.url));
const { preparePartInThread, splitUploadInThread }: typeof RunInThread = await import(BUILT);

const CONTENT = `Email,Phone\n${Array.from({ length: 20_000 }, (_, n) => `p.${n}@example.com,+1201555${n}`).join('\n')}\n`;

describe('the engine in a thread', () => {
  it('gives the same split and the same part as outside of one', async () => {
    const bytes = await localUpload(CONTENT);
    const plan = await planFor(bytes, { partBytes: 1_000_000 });
    const split = await splitUploadInThread(bytes, plan);
    expect(split).toEqual(await splitUpload(bytes, plan));
    const [, part] = split.parts;
    if (part === undefined) throw new Error('There is no second part.');
    const input = { source: bytes, plan, part, outputPath: newPath(), rejectedPath: newPath() };
    const told: number[] = [];
    const result = await preparePartInThread(input, { onProgress: ({ rowsRead }) => told.push(rowsRead) });
    const { text, rejected, ...expected } = await prepared(bytes, plan, part);
    expect(result).toEqual(expected);
    expect(await readFile(input.outputPath, 'utf8')).toBe(text);
    expect(await readFile(input.rejectedPath, 'utf8')).toBe(rejected);
    expect(told.length).toBeGreaterThan(0);
  });

  it('gives the same split of an upload that is large enough for two threads', async () => {
    const rows = Array.from(
      { length: 2_000 },
      (_, n) => `p.${n}@example.com,"${n % 7 === 0 ? 'a\nb' : 'c'}"\n`,
    );
    const bytes = await localUpload(`Email,Name\n${rows.join('').repeat(800)}`);
    expect(bytes.length).toBeGreaterThan(32 * 1024 * 1024);
    const plan = await planFor(bytes, { partBytes: 1_000_000 });
    const split = await splitUploadInThread(bytes, plan);
    expect(split.rows).toBe(1_600_000);
    expect(split).toEqual(await splitUpload(bytes, plan));
  });

  it('throws the same CustomerFileError', async () => {
    const plan = await planFor(await localUpload('Email,Name\nanna@example.com,x\n'));
    const broken = await localUpload('Email,Name\nanna@example.com,"x\n');
    await expect(splitUploadInThread(broken, plan)).rejects.toMatchObject({
      name: 'CustomerFileError',
      code: 'malformed_record',
      line: 2,
    });
  });

  it('stops at once when it is told to, and leaves no file behind', async () => {
    const bytes = await localUpload(CONTENT.repeat(20).replaceAll('\nEmail,Phone', ''));
    const plan = await planFor(bytes);
    const { parts } = await splitUpload(bytes, plan);
    const [part] = parts;
    if (part === undefined) throw new Error('There is no part.');
    const abort = new AbortController();
    const input = { source: bytes, plan, part, outputPath: newPath(), rejectedPath: newPath() };
    const stopped = preparePartInThread(input, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    await expect(access(input.outputPath)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(splitUploadInThread(bytes, plan, { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('passes on failures that are nobody’s file', async () => {
    const bytes = await localUpload('anna@example.com\n');
    const plan = await planFor(bytes);
    await expect(splitUploadInThread({ ...bytes, path: newPath() }, plan)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('gives every caller its own answer when several ask at once, one after the other, and after a failure', async () => {
    const contents = [2, 3, 5, 7].map((rows) => 'anna@example.com\n'.repeat(rows));
    const uploads = await Promise.all(contents.map((content) => localUpload(content)));
    const plans = await Promise.all(uploads.map((bytes) => planFor(bytes)));
    const splitAll = () =>
      Promise.all(
        uploads.map(async (bytes, at) => {
          const plan = plans[at];
          if (plan === undefined) throw new Error('There is no plan.');
          return (await splitUploadInThread(bytes, plan)).rows;
        }),
      );
    expect(await splitAll()).toEqual([2, 3, 5, 7]);
    const [plan] = plans;
    const open = await localUpload('anna@example.com\n"');
    if (plan === undefined) throw new Error('There is no plan.');
    await expect(splitUploadInThread(open, plan)).rejects.toMatchObject({ code: 'malformed_record' });
    expect(await splitAll()).toEqual([2, 3, 5, 7]);
  });
});
