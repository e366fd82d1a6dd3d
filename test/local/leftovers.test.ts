import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { claimDataFolder, DataFolderInUse } from '../../src/local/data-folder-claim.js';
import { demoEnvironment } from '../../src/local/demo-folder.js';
import {
  identifyProcess,
  isRunning,
  processIdentitySchema,
  untilGone,
} from '../../src/local/process-identity.js';
import { clearLeftovers, writeProcessRecord } from '../../src/local/process-record.js';
import {
  clearDeadFolders,
  makeThrowAwayFolder,
  removeThrowAwayFolder,
} from '../../src/local/throw-away-folder.js';

const SUPERVISOR = fileURLToPath(new URL('programs/supervisor.mjs', import.meta.url));
const processes = z.object({ node: processIdentitySchema, command: processIdentitySchema });

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leftovers-test-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await clearLeftovers(folder);
  rmSync(folder, { recursive: true, force: true });
});

/** A supervisor with one Node program and one command, killed without a chance to clean up. */
async function killedSupervisor() {
  const child = spawn(process.execPath, [SUPERVISOR, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  const running = processes.parse(JSON.parse(String(line)));
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return running;
}

describe('after kill -9 of the supervisor', () => {
  it('our own programs end by themselves, and the next start ends the others', async () => {
    const { node, command } = await killedSupervisor();
    expect(await untilGone(node, 10_000)).toBe(true);
    expect(isRunning(command)).toBe(true);
    expect(await clearLeftovers(folder)).toEqual(['command']);
    expect(isRunning(command)).toBe(false);
    expect(existsSync(join(folder, 'processes.json'))).toBe(false);
    expect(await clearLeftovers(folder)).toEqual([]);
  });

  it('a process that has got the number of a left-over one is not touched', async () => {
    const other = spawn('sleep', ['600']);
    started.push(other);
    const identity = identifyProcess(other.pid ?? 0);
    expect(identity).toBeDefined();
    expect(isRunning({ pid: other.pid ?? 0, startedAt: 'long ago' })).toBe(false);
    expect(isRunning(identity ?? { pid: 1, startedAt: '' })).toBe(true);
  });
});

describe('a data folder', () => {
  it('has one supervisor at a time', async () => {
    const giveFree = claimDataFolder(folder);
    expect(() => claimDataFolder(folder)).toThrow(DataFolderInUse);
    expect(() => claimDataFolder(folder)).toThrow(`process ${process.pid}`);
    giveFree();
    claimDataFolder(folder)();
  });

  it('is free again when its supervisor was killed', async () => {
    const source = `
      import { claimDataFolder } from ${JSON.stringify(new URL('../../dist/local/data-folder-claim.js', import.meta.url).href)};
      claimDataFolder(${JSON.stringify(folder)});
      process.kill(process.pid, 'SIGKILL');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'inherit' });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(existsSync(join(folder, 'supervisor.json'))).toBe(true);
    claimDataFolder(folder)();
  });
});

describe('a throw-away folder', () => {
  it('is left alone while its supervisor lives, and removed with its processes once that was killed', async () => {
    const running = makeThrowAwayFolder('test');
    const giveFree = claimDataFolder(running);
    const dead = makeThrowAwayFolder('test');
    const left = spawn('sleep', ['600']);
    started.push(left);
    const identity = identifyProcess(left.pid ?? 0) ?? { pid: 1, startedAt: '' };
    writeProcessRecord(dead, {
      postgresCluster: null,
      children: [{ ...identity, name: 'sleep', stopSignal: 'SIGTERM' }],
    });
    await clearDeadFolders('test', 0);
    expect(existsSync(running)).toBe(true);
    expect(existsSync(dead)).toBe(false);
    expect(isRunning(identity)).toBe(false);
    giveFree();
    removeThrowAwayFolder(running);
    expect(existsSync(running)).toBe(false);
  });
});

describe('the environment of the demo', () => {
  it('points at nothing that is not its own', () => {
    const kept = { PATH: '/bin', TEMPORAL_CLI_PATH: '/cli', PART_BYTES: '1000' };
    const foreign = {
      DATABASE_URL: 'postgresql://h/d',
      TEMPORAL_ADDRESS: 'h:1',
      TIKTOK_APP_ID: '1',
      PORT: '80',
    };
    expect(demoEnvironment({ ...kept, ...foreign })).toEqual(kept);
  });
});
