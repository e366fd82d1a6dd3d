import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventData } from '../../src/cli/event-stream.js';

async function read(chunks: Uint8Array[]): Promise<string[]> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const events: string[] = [];
  for await (const event of readEventData(body())) events.push(event);
  return events;
}

describe('readEventData', () => {
  it('joins the data lines of a message and leaves comments, other fields and messages without data out', async () => {
    const text =
      ': hello\n\nid: 7\nevent: activation\ndata: a\ndata:b\n\nretry: 5\n\ndata: c\n\ndata: cut off';
    expect(await read([Buffer.from(text)])).toEqual(['a\nb', 'c']);
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
        expect(await read(chunks)).toEqual(data);
      }),
    );
  });
});
