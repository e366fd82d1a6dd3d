import { CustomerFileError } from './customer-file-error.js';

/**
 * Text in UTF-16 as UTF-8, without its byte order mark. Halves of surrogate pairs become the replacement character, as
 * decoders do. Throws `damaged_encoding` when the text ends in the middle of a character.
 */
export async function* utf16ToUtf8(
  bytes: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield Buffer.from(text);
  }
  if (length % 2 !== 0) {
    throw new CustomerFileError(
      'damaged_encoding',
      'The file is encoded as UTF-16 and ends in the middle of a character: it was cut off. Export it again, best as "CSV UTF-8".',
    );
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
