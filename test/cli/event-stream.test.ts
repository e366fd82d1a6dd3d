import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from '../../src/cli/event-stream.js';

async function read(chunks: Uint8Array[]): Promise<ServerEvent[]> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body())) events.push(event);
  return events;
}

describe('readEvents', () => {
  it('joins data lines, keeps the last id, and leaves comments and events without data out', async () => {
    const text =
      ': hello\n\nid: 7\nevent: activation\ndata: a\ndata:b\n\nretry: 5\n\ndata: c\n\ndata: cut off';
    expect(await read([Buffer.from(text)])).toEqual([
      { id: '7', data: 'a\nb' },
      { id: '7', data: 'c' },
    ]);
  });

  it('reads the same events however the network cuts the stream and whatever ends its lines', async () => {
    const texts = fc.array(
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '')),
      { maxLength: 5 },
    );
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(texts, ends, fc.array(fc.nat(60)), async (data, end, cuts) => {
        const bytes = Buffer.from(data.map((text, n) => `id: ${n}${end}data: ${text}${end}${end}`).join(''));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        // A lone CR at the very end could still become CRLF, so the stream goes on after it.
        chunks.push(bytes.subarray(at), Buffer.from(':'));
        expect(await read(chunks)).toEqual(data.map((text, n) => ({ id: String(n), data: text })));
      }),
    );
  });
});
