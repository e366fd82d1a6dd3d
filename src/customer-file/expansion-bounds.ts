import { CustomerFileError } from './customer-file-error.js';

/** More text than 500 files of 250 MB can be made of. */
const MAX_EXPANDED_BYTES = 500_000_000_000;
/** Lists of customers shrink to a third or a tenth; DEFLATE itself goes to a thousandth. */
const MAX_RATIO = 200;
/** Small archives may shrink as far as they like. */
const UNBOUNDED_BYTES = 100_000_000;

/** The most that an archive of `packedBytes` may unpack to. */
function expansionLimit(packedBytes: number): number {
  return Math.min(MAX_EXPANDED_BYTES, Math.max(UNBOUNDED_BYTES, packedBytes * MAX_RATIO));
}

/** Passes unpacked bytes on and throws `expands_too_far` once there are more than a list of customers can have. */
export async function* boundedExpansion(
  bytes: AsyncIterable<Uint8Array>,
  packedBytes: number,
): AsyncGenerator<Uint8Array> {
  const limit = expansionLimit(packedBytes);
  let expanded = 0;
  for await (const chunk of bytes) {
    expanded += chunk.length;
    if (expanded > limit) throw expandsTooFar(packedBytes, limit);
    yield chunk;
  }
}

function expandsTooFar(packedBytes: number, limit: number): CustomerFileError {
  const why =
    limit === MAX_EXPANDED_BYTES
      ? 'more than 500 GB, the most that is unpacked here. Split the list into several files.'
      : `more than ${limit.toLocaleString('en')} bytes, from ${packedBytes.toLocaleString('en')}: beyond 100 MB an archive may grow ${MAX_RATIO} times at most. A list of customers never shrinks that far; upload the CSV file itself.`;
  return new CustomerFileError('expands_too_far', `The archive unpacks to ${why}`);
}
