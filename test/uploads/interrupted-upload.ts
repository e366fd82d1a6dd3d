import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Upload } from '../../src/api/schemas/upload.js';
import { startTestStack, type TestStack } from '../service/test-stack.js';
import { Random } from '../soak/random.js';
import { UploadLine } from './upload-line.js';
import type { ClientSetting, UploadingClient } from './uploading-client.js';

const INTERRUPTIONS = ['client killed', 'API killed', 'connection cut'] as const;

/** Positions of interruptions lie before this share of a file: what is behind them is more than buffers hold. */
const INTERRUPTED_SHARE = 0.6;

type Interruption = (typeof INTERRUPTIONS)[number];

/** What became of one file. All sizes in bytes. */
export interface InterruptedUpload {
  readonly size: number;
  /** Bytes of the file that passed the line, those sent again included. */
  readonly sent: number;
  /**
   * Of each interruption: bytes of requests after it that began before the end of what was on the API's disk at the
   * interruption. One bound for all of them together could be larger than the file.
   */
  readonly sentAgain: readonly number[];
  readonly interruptions: Readonly<Record<Interruption, number>>;
  readonly uploadsBegun: number;
  readonly digestIsRight: boolean;
  readonly notesLeft: readonly string[];
}

/**
 * Sends a file of about `size` bytes, interrupts it at random bytes of a seed, and starts the client again when it was the
 * client that was killed.
 */
export async function interruptedUpload(story: {
  readonly client: (setting: ClientSetting) => UploadingClient | Promise<UploadingClient>;
  readonly size: number;
  readonly interruptions: number;
  readonly seed: number;
}): Promise<InterruptedUpload> {
  const random = new Random(story.seed);
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-upload-'));
  const product = await startTestStack();
  const line = await UploadLine.open(product.api);
  let client: UploadingClient | undefined;
  try {
    await product.connect();
    const file = join(folder, 'customers.csv');
    const digest = await writeCustomers(file, story.size);
    const { size } = statSync(file);
    const counts = { 'client killed': 0, 'API killed': 0, 'connection cut': 0 };
    const accepted: Accepted[] = [];
    client = await story.client({ file, api: line.url, folder });
    await client.start();
    const positions = Array.from({ length: story.interruptions }, () =>
      random.between(1, Math.floor(size * INTERRUPTED_SHARE)),
    ).sort((one, other) => one - other);
    for (const [number, position] of positions.entries()) {
      await line.reaches(position);
      const kind = INTERRUPTIONS[number] ?? random.pick(INTERRUPTIONS);
      counts[kind]++;
      switch (kind) {
        case 'client killed':
          await client.kill();
          break;
        case 'API killed':
          killApi(product);
          break;
        case 'connection cut':
          line.cut();
          break;
      }
      line.letGo();
      accepted.push({ bytes: received(product, line), requests: line.carried.length });
      if (kind === 'client killed') await client.start();
    }
    await client.done();
    const { data } = await product.get<{ data: Upload[] }>('/v1/uploads');
    return {
      size,
      sent: line.total,
      sentAgain: accepted.map((before) => sentAgain(line, before)),
      interruptions: counts,
      uploadsBegun: line.begun,
      digestIsRight: data[0]?.digest === digest,
      notesLeft: await client.notesLeft(),
    };
  } finally {
    await client?.close();
    line.close();
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the API had on its disk at an interruption, and how many requests had been made until then. */
interface Accepted {
  readonly bytes: number;
  readonly requests: number;
}

function sentAgain(line: UploadLine, { bytes, requests }: Accepted): number {
  return line.carried
    .slice(requests)
    .filter(({ offset }) => offset < bytes)
    .reduce((sum, carried) => sum + carried.bytes, 0);
}

function killApi(product: TestStack): void {
  const api = product.stack.processes().get('api');
  if (api === undefined) throw new Error('the API does not run');
  process.kill(api.pid, 'SIGKILL');
}

/** Bytes of the file that lie on the API's disk. */
function received(product: TestStack, line: UploadLine): number {
  const id = line.carried.at(-1)?.path.split('/').at(-1) ?? '';
  const path = join(product.folder, 'objects', 'incoming', id);
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  return statSync(path).size;
}

/** Customers with a long note beside their address, so that the file is large and its parts are not. Gives the SHA-256. */
async function writeCustomers(path: string, size: number): Promise<string> {
  const note = 'Likes long walks and blue shoes. '.repeat(30);
  const rows = Array.from({ length: 1_000 }, (_, n) => `customer.${n}@example.com,${note}\n`).join('');
  const block = Buffer.from(rows);
  const digest = createHash('sha256');
  const file = createWriteStream(path);
  for (let written = 0; written < size; ) {
    const piece = written === 0 ? Buffer.concat([Buffer.from('email,note\n'), block]) : block;
    digest.update(piece);
    if (!file.write(piece)) await once(file, 'drain');
    written += piece.length;
  }
  file.end();
  await finished(file);
  return digest.digest('hex');
}

/**
 * The most that a sender may send again at an interruption. A browser repeats a request by itself, from where it began,
 * when a connection breaks that carried another one before; the API refuses the repetition at once (409), and what is
 * under way by then is lost. The command line repeats nothing.
 */
export function mostSentAgain(sender: 'the command line' | 'a browser'): number {
  return sender === 'a browser' ? mostInFlight() : 0;
}

/** More than a program of Node.js keeps of a stream in its own memory, on either side. */
const OWN_BUFFERS = 4 * 1024 * 1024;

/**
 * The most that can have passed the line and not be on the API's disk when a connection breaks: what the kernel keeps for
 * the line to send, what it keeps for the API to read, and what both programs hold.
 */
export function mostInFlight(): number {
  const largest = (file: string) => {
    const path = `/proc/sys/net/ipv4/${file}`;
    // Elsewhere than on Linux the largest buffers are far below this.
    return existsSync(path)
      ? Number(readFileSync(path, 'utf8').trim().split(/\s+/).at(-1))
      : 16 * 1024 * 1024;
  };
  return largest('tcp_wmem') + largest('tcp_rmem') + OWN_BUFFERS;
}
