import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestStack } from '../service/test-stack.js';
import { CLOCKS, type Clocks } from './clocks.js';
import type { Line } from './network.js';
import type { Random } from './random.js';

/** What a disturbance may touch. */
export interface Scene {
  readonly product: TestStack;
  /** Between the programs, and from the clients to the API. */
  readonly lines: readonly Line[];
  readonly clocks: Clocks;
  readonly connectionId: string;
  /** The disk of the storage folder; null where this machine lets nobody mount one of a small size. */
  readonly disk: string | null;
}

/**
 * A disturbance that was drawn. `lasts` in milliseconds; `begin` says whether there was anything to disturb, `end` undoes
 * it and must be awaited.
 */
export interface Disturbance {
  readonly kind: string;
  readonly what: string;
  readonly lasts: number;
  /** Whether work that is under way can go on after Temporal has given it to another attempt. */
  readonly leavesInFlight: boolean;
  begin(): Promise<boolean>;
  end(): Promise<void>;
}

const PROCESSES = ['worker', 'worker', 'worker', 'api', 'temporal', 'postgres', 'sandbox'] as const;
const ENDPOINTS = [
  'dmp/custom_audience/file/upload/',
  'dmp/custom_audience/create/',
  'dmp/custom_audience/update/',
  'dmp/custom_audience/get/',
  'dmp/custom_audience/list/',
  '*',
] as const;
const ASK_AGAIN_MS = 500;
const nothing = async () => undefined;

/** The sandbox may be starting again. A kind that is drawn once is to come: it is asked until it has heard. */
async function heard(ask: () => Promise<unknown>): Promise<true> {
  for (;;) {
    try {
      await ask();
      return true;
    } catch {
      await delay(ASK_AGAIN_MS);
    }
  }
}

/** Draws the next disturbance; a kill unless another kind is drawn. Only kills count as kills. */
export function drawDisturbance(random: Random, scene: Scene): Disturbance {
  const drawn = random.next();
  if (drawn < 0.55) return endOne(random, scene, 'kill');
  if (drawn < 0.6) return endOne(random, scene, 'restart');
  if (drawn < 0.65) return killAll(scene);
  if (drawn < 0.75) return stopForAWhile(random, scene);
  if (drawn < 0.82) return breakLine(random, scene, 'cut');
  if (drawn < 0.85) return breakLine(random, scene, 'silence');
  if (drawn < 0.92) return faultOfTikTok(random, scene);
  if (drawn < 0.94) return revocation(random, scene);
  if (drawn < 0.96) return wrongClock(random, scene);
  if (drawn < 0.98 || scene.disk === null) return clockOfTikTok(random, scene);
  return fullDisk(random, scene.disk);
}

/** Killed as by a crash, or asked to end as by a deploy. */
function endOne(random: Random, { product }: Scene, kind: 'kill' | 'restart'): Disturbance {
  const name = random.pick(PROCESSES);
  // PostgreSQL waits at SIGTERM until every client has gone, and ends their sessions at SIGINT.
  const asked = name === 'postgres' ? 'SIGINT' : 'SIGTERM';
  return {
    kind,
    what: name,
    lasts: 0,
    // A server that starts again finds heartbeats late that came while it was gone.
    leavesInFlight: name === 'temporal',
    begin: async () => {
      if (kind === 'kill') return signal(product, name, 'SIGKILL') !== undefined;
      await sentTo(product, name, asked);
      return true;
    },
    end: nothing,
  };
}

function killAll({ product }: Scene): Disturbance {
  const begin = async () => {
    const names = [...product.stack.processes().keys()];
    return names.filter((name) => signal(product, name, 'SIGKILL') !== undefined).length > 0;
  };
  return { kind: 'kill', what: 'all', lasts: 0, leavesInFlight: false, begin, end: nothing };
}

function stopForAWhile(random: Random, { product }: Scene): Disturbance {
  const name = random.pick(PROCESSES);
  const lasts = random.between(500, 20_000);
  let pid: number | undefined;
  return {
    kind: 'freeze',
    what: name,
    lasts,
    leavesInFlight: true,
    begin: async () => {
      pid = await sentTo(product, name, 'SIGSTOP');
      return true;
    },
    end: async () => {
      if (pid !== undefined) sendTo(pid, 'SIGCONT');
    },
  };
}

/** The longest silence is beyond the time in which Temporal takes a worker for dead, and its server's connections too. */
const LONGEST = { cut: 6_000, silence: 30_000 } as const;

function breakLine(random: Random, { lines }: Scene, kind: 'cut' | 'silence'): Disturbance {
  const line = random.pick(lines);
  const lasts = random.between(200, LONGEST[kind]);
  return {
    kind,
    what: `the line ${line.name}`,
    lasts,
    leavesInFlight: true,
    begin: async () => {
      if (kind === 'cut') line.cut();
      else line.silence();
      return true;
    },
    end: async () => line.mend(),
  };
}

function faultOfTikTok(random: Random, { product }: Scene): Disturbance {
  const endpoint = random.pick(ENDPOINTS);
  const fault = random.pick([
    { kind: 'reset-after' },
    { kind: 'reset-after' },
    { kind: 'reset-before' },
    { kind: 'http', status: 502 },
    { kind: 'code', code: 50000 },
    { kind: 'code', code: 51010 },
    { kind: 'slow', seconds: 3 },
    { kind: 'timeout' },
  ]);
  const drawn = random.between(1, 3);
  // Each of them takes as long as a call may.
  const times = fault.kind === 'timeout' ? 1 : drawn;
  return {
    kind: 'fault',
    what: `${fault.kind} at ${endpoint}`,
    lasts: 0,
    leavesInFlight: false,
    begin: () => heard(() => product.admin<unknown>('POST', 'faults', { ...fault, endpoint, times })),
    end: nothing,
  };
}

/** The authorization dies, and after a while a person signs in again, as often as it takes. */
function revocation(random: Random, { product, connectionId }: Scene): Disturbance {
  return {
    kind: 'revoke',
    what: 'the authorization',
    lasts: random.between(500, 8_000),
    leavesInFlight: false,
    begin: () => heard(() => product.admin<unknown>('POST', 'authorizations/revoke')),
    end: async () => void (await heard(() => product.connect(connectionId))),
  };
}

function clockOfTikTok(random: Random, { product }: Scene): Disturbance {
  const advanceSeconds = random.between(60, 7_200);
  return {
    kind: 'clock',
    what: `TikTok's clock ${advanceSeconds} s on`,
    lasts: 0,
    leavesInFlight: false,
    begin: () => heard(() => product.admin<unknown>('POST', 'clock', { advanceSeconds })),
    end: nothing,
  };
}

const HOUR_MS = 3_600_000;

/** The clock of one machine jumps, to more than any of the times that the product goes by, and back. */
function wrongClock(random: Random, { product, clocks }: Scene): Disturbance {
  const name = random.pick(CLOCKS);
  const hours = random.pick([-200, -25, -1, 1, 13, 25, 200]);
  const jump = async (wrongByMs: number) => {
    clocks.set(name, wrongByMs);
    // One that starts later reads its clock then.
    signal(product, name, 'SIGUSR2');
    return true;
  };
  return {
    kind: 'clock',
    what: `of the ${name}'s machine wrong by ${hours} hours`,
    lasts: random.between(2_000, 40_000),
    leavesInFlight: false,
    begin: () => jump(hours * HOUR_MS),
    end: async () => void (await jump(0)),
  };
}

function fullDisk(random: Random, disk: string): Disturbance {
  const ballast = join(disk, 'ballast');
  return {
    kind: 'disk',
    what: 'full',
    lasts: random.between(500, 5_000),
    leavesInFlight: false,
    begin: async () => {
      const file = openSync(ballast, 'w');
      const block = Buffer.alloc(1_000_000);
      try {
        while (statfsSync(disk).bavail > 0) writeSync(file, block);
      } catch {
        // ENOSPC: as wanted.
      } finally {
        closeSync(file);
      }
      return true;
    },
    end: async () => rmSync(ballast, { force: true }),
  };
}

/** A folder on a disk of its own of `megabytes`; null where that takes rights that this process lacks. */
export function mountSmallDisk(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

export async function unmount(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      execFileSync('umount', [folder], { stdio: 'ignore' });
      return;
    } catch {
      // Something still has a file open there.
      await delay(250);
    }
  }
}

/** The process may be between two starts; then there is nothing to send to. */
function signal(product: TestStack, name: string, sent: NodeJS.Signals): number | undefined {
  const pid = product.stack.processes().get(name)?.pid;
  if (pid !== undefined) sendTo(pid, sent);
  return pid;
}

/** Once the process runs: a kind that is drawn once is to come. */
async function sentTo(product: TestStack, name: string, sent: NodeJS.Signals): Promise<number> {
  for (;;) {
    const pid = signal(product, name, sent);
    if (pid !== undefined) return pid;
    await delay(ASK_AGAIN_MS);
  }
}

function sendTo(pid: number, sent: NodeJS.Signals): void {
  try {
    process.kill(pid, sent);
  } catch {
    // Gone meanwhile.
  }
}
