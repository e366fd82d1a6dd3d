import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.js';

const LONGEST_CALL_MS = 10_000;
const TUS = { 'Tus-Resumable': '1.0.0' };

/**
 * Uploads a file in pieces with pauses between them, so that a disturbance meets some uploads in the middle, and asks
 * after each failure where to go on.
 */
export class ResumedUpload {
  readonly #address: string;
  readonly #bytes: Uint8Array;
  readonly #pieces: number;
  #id: string | null = null;

  constructor(address: string, bytes: Uint8Array, random: Random) {
    this.#address = address;
    this.#bytes = bytes;
    this.#pieces = random.between(1, 4);
  }

  /** Goes on from what has arrived, and gives the upload's id when all has. Throws when a call fails: call again then. */
  async goOn(): Promise<string> {
    this.#id ??= await this.#create();
    for (;;) {
      const offset = await this.#offset(this.#id);
      if (offset === this.#bytes.length) return this.#id;
      const end = Math.min(this.#bytes.length, offset + Math.ceil(this.#bytes.length / this.#pieces));
      await this.#call('PATCH', this.#id, {
        headers: { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
        body: Buffer.from(this.#bytes.subarray(offset, end)),
      });
      if (end < this.#bytes.length) await delay(300);
    }
  }

  async #create(): Promise<string> {
    const response = await this.#call('POST', null, {
      headers: { 'Upload-Length': String(this.#bytes.length) },
    });
    const location = response.headers.get('Location') ?? '';
    return location.slice(location.lastIndexOf('/') + 1);
  }

  async #offset(id: string): Promise<number> {
    const response = await this.#call('HEAD', id, { headers: {} });
    return Number(response.headers.get('Upload-Offset'));
  }

  async #call(
    method: string,
    id: string | null,
    { headers, body }: { headers: Record<string, string>; body?: Buffer<ArrayBuffer> },
  ): Promise<Response> {
    const response = await fetch(`${this.#address}/v1/uploads${id === null ? '' : `/${id}`}`, {
      method,
      headers: { ...TUS, ...headers },
      ...(body === undefined ? {} : { body }),
      // A line that fell silent tells nobody.
      signal: AbortSignal.timeout(LONGEST_CALL_MS),
    });
    if (!response.ok) throw new Error(`${method} of an upload answers ${response.status}`);
    await response.arrayBuffer();
    return response;
  }
}
