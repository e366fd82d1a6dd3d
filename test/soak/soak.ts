import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUILT_PROGRAMS } from '../../src/local/stack-services.js';
import { startTestStack } from '../service/test-stack.js';
import { unexplainedFailures } from '../service/unexplained-failures.js';
import { Activations } from './activations.js';
import { Clocks } from './clocks.js';
import { drawDisturbance, mountSmallDisk, type Scene, unmount } from './disturbance.js';
import { FinishedParts } from './finished-parts.js';
import { judgeLeftovers } from './judge.js';
import { Network } from './network.js';
import { Random } from './random.js';
import { describeReport, type SoakReport } from './soak-report.js';

export interface SoakOptions {
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

const LANES = 3;
const DISK_MEGABYTES = 400;
/** Each program calls all three servers. One that is told of a server in another way would have no line there. */
const LINES = [
  'api to postgres',
  'api to sandbox',
  'api to temporal',
  'client to api',
  'worker to postgres',
  'worker to sandbox',
  'worker to temporal',
];

/** What the product stands on here. */
interface Ground {
  readonly network: Network;
  readonly clocks: Clocks;
  /** A folder that is a small disk of its own where this machine lets one be mounted. */
  readonly disk: string;
  readonly isMounted: boolean;
}

/** Runs activations on the whole stack, disturbs it until so many processes were killed, and judges what TikTok got. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const network = await Network.open();
  const clocks = new Clocks();
  const disk = mkdtempSync(join(tmpdir(), 'activate-audience-disk-'));
  const isMounted = mountSmallDisk(disk, DISK_MEGABYTES);
  if (!isMounted) options.say('No small disk can be mounted here, so the disk never gets full.');
  try {
    return await soakOn({ network, clocks, disk, isMounted }, options);
  } finally {
    if (isMounted) await unmount(disk);
    rmSync(disk, { recursive: true, force: true });
    clocks.remove();
    await network.close();
  }
}

async function soakOn(ground: Ground, { kills, seed, say }: SoakOptions): Promise<SoakReport> {
  const { network, clocks, disk, isMounted } = ground;
  const startedAt = performance.now();
  const random = new Random(seed);
  const objects = join(disk, 'objects');
  mkdirSync(objects);
  const program = (name: string) => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
  const product = await startTestStack(
    {
      PART_BYTES: '100000',
      STORAGE_URL: pathToFileURL(objects).href,
      ...network.environment,
      CLOCKS_FOLDER: clocks.folder,
    },
    { programs: { ...BUILT_PROGRAMS, api: program('api'), worker: program('worker') } },
  );
  try {
    await product.admin('PATCH', 'settings', { minimumMatched: 0, processingSeconds: 2 });
    const connectionId = await product.connect();
    const finished = new FinishedParts({
      databaseUrl: product.stack.addresses.databaseUrl,
      sandbox: product.sandbox,
      storage: objects,
    });
    const uploads = await network.lineTo('client to api', product.api);
    const lines = await network.lines();
    const names = lines.map(({ name }) => name).sort();
    if (names.join() !== LINES.join()) throw new Error(`the lines of the stack are ${names.join()}`);
    const scene: Scene = { product, lines, clocks, connectionId, disk: isMounted ? disk : null };
    const calm = new AbortController();
    const activations = new Activations({ product, uploads, connectionId, say, calm: calm.signal });
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      activations.runLane(random.fork(), `Lane ${lane + 1}`),
    );
    const disturbances = await disturb(random.fork(), scene, kills, finished, say);
    calm.abort();
    await Promise.all(lanes);
    const leftovers = await judgeLeftovers(product, objects, activations);
    const report: SoakReport = {
      seed,
      disturbances,
      ...activations.sums,
      seconds: Math.round((performance.now() - startedAt) / 1000),
      redone: await finished.redone(),
      faults: [...activations.faults, ...leftovers, ...unexplainedFailures(product.folder)],
    };
    // Before the stack ends, which can fail too.
    process.stdout.write(`\n${describeReport(report)}\n`);
    return report;
  } finally {
    await product.stop();
  }
}

async function disturb(
  random: Random,
  scene: Scene,
  kills: number,
  finished: FinishedParts,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const under: Promise<void>[] = [];
  while ((counts['kill'] ?? 0) < kills) {
    await delay(random.between(200, 5_000));
    const disturbance = drawDisturbance(random, scene);
    say(
      `${disturbance.kind} ${disturbance.what}${disturbance.lasts > 0 ? ` for ${disturbance.lasts} ms` : ''}`,
    );
    await finished.look(disturbance.leavesInFlight ? 'interruption' : 'anything');
    if (!(await disturbance.begin())) continue;
    counts[disturbance.kind] = (counts[disturbance.kind] ?? 0) + 1;
    under.push(delay(disturbance.lasts).then(() => disturbance.end()));
  }
  await Promise.all(under);
  return counts;
}
