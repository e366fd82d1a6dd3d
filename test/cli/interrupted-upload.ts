import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Upload } from '../../src/api/schemas/upload.js';
import { ADVERTISER, startTestStack, type TestStack } from '../service/test-stack.js';
import { Random } from '../soak/random.js';
import { UploadLine } from './upload-line.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const INTERRUPTIONS = ['client killed', 'API killed', 'connection cut'] as const;

/** Positions of interruptions lie before this share of a file: what is behind them is more than buffers hold. */
const INTERRUPTED_SHARE = 0.6;

type Interruption = (typeof INTERRUPTIONS)[number];

/** What became of one file. All sizes in bytes. */
export interface InterruptedUpload {
  readonly size: number;
  /** Bytes of the file that passed the line, those sent again included. */
  readonly sent: number;
  /** Requests after an interruption that began before the end of what was on the API's disk at the interruption. */
  readonly sentAgain: readonly string[];
  readonly interruptions: Readonly<Record<Interruption, number>>;
  readonly uploadsBegun: number;
  readonly digestIsRight: boolean;
  readonly exitCode: number | null;
  readonly notesLeft: readonly string[];
}

/**
 * Sends a file of about `size` bytes with the command line, interrupts it at random bytes of a seed, starts the client
 * again when it was the client that was killed, and lets the dry run that follows end.
 */
export async function interruptedUpload(story: {
  readonly size: number;
  readonly interruptions: number;
  readonly seed: number;
}): Promise<InterruptedUpload> {
  const random = new Random(story.seed);
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-upload-'));
  const product = await startTestStack();
  const line = await UploadLine.open(product.api);
  let client: ChildProcess | undefined;
  try {
    await product.connect();
    const file = join(folder, 'customers.csv');
    const digest = await writeCustomers(file, story.size);
    const { size } = statSync(file);
    const start = () =>
      spawn(process.execPath, [PROGRAM, file, '--api', line.url, '--advertiser', ADVERTISER, '--dry-run'], {
        env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
        stdio: 'ignore',
      });
    const counts = { 'client killed': 0, 'API killed': 0, 'connection cut': 0 };
    const accepted: Accepted[] = [];
    client = start();
    const positions = Array.from({ length: story.interruptions }, () =>
      random.between(1, Math.floor(size * INTERRUPTED_SHARE)),
    ).sort((one, other) => one - other);
    for (const [number, position] of positions.entries()) {
      await line.reaches(position);
      const kind = INTERRUPTIONS[number] ?? random.pick(INTERRUPTIONS);
      counts[kind]++;
      switch (kind) {
        case 'client killed':
          client.kill('SIGKILL');
          await once(client, 'exit');
          break;
        case 'API killed':
          killApi(product);
          break;
        case 'connection cut':
          line.cut();
          break;
      }
      accepted.push({ bytes: received(product, line), requests: line.carried.length });
      if (kind === 'client killed') client = start();
    }
    const [exitCode] = client.exitCode === null ? await once(client, 'exit') : [client.exitCode];
    const { data } = await product.get<{ data: Upload[] }>('/v1/uploads');
    return {
      size,
      sent: line.total,
      sentAgain: accepted.flatMap((before) => sentAgain(line, before)),
      interruptions: counts,
      uploadsBegun: line.begun,
      digestIsRight: data[0]?.digest === digest,
      exitCode,
      notesLeft: readdirSync(join(folder, 'state', 'activate-audience')),
    };
  } finally {
    client?.kill('SIGKILL');
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

function sentAgain(line: UploadLine, { bytes, requests }: Accepted): string[] {
  const later = line.carried.slice(requests).filter((carried) => carried.bytes > 0);
  return later
    .filter(({ offset }) => offset < bytes)
    .map(({ offset }) => `went on at ${offset}, the API had ${bytes}`);
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
