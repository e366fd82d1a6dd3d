import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeDataFolder } from '../../src/local/data-folder.js';
import type { Service } from '../../src/local/service.js';
import type { Patience } from '../../src/local/supervised-process.js';
import { Supervisor } from '../../src/local/supervisor.js';
import { ofNodeProcess } from '../../src/local/worthwhile-lines.js';

const JOURNAL_PROGRAM = fileURLToPath(new URL('programs/journal.mjs', import.meta.url));

let folder: string;
let said: string[];
let supervisor: Supervisor | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-test-'));
  makeDataFolder(folder);
  said = [];
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function journal(): string[] {
  return readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n');
}

/** Ready when it has written that it started, or when `probe` says. */
function journalService(name: string, settings: Partial<Service> & { stubborn?: boolean } = {}): Service {
  const { stubborn = false, ...rest } = settings;
  return {
    name,
    needs: [],
    program: {
      file: process.execPath,
      args: [JOURNAL_PROGRAM, name, join(folder, 'journal'), ...(stubborn ? ['stubborn'] : [])],
    },
    probe: async () => expect(journal()).toContain(`${name} started`),
    stopSignal: 'SIGTERM',
    worthwhile: ofNodeProcess,
    ...rest,
  };
}

function supervise(services: Service[], patience: Partial<Patience> = {}): Supervisor {
  supervisor = new Supervisor(services, {
    folder,
    postgresCluster: null,
    say: (service, text) => said.push(`${service}: ${text}`),
    patience: { firstRestart: 20, ...patience },
  });
  return supervisor;
}

/** Kills the service and waits until another process of it is ready. */
async function restarted(running: Supervisor, name: string): Promise<void> {
  const ready = (): number => said.filter((line) => line === `${name}: is ready again`).length;
  const before = ready();
  process.kill(running.processes().get(name)?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(ready()).toBe(before + 1), 10_000);
}

describe('a supervisor', () => {
  it('starts a service only when all that it needs are ready', async () => {
    let firstIsReady = false;
    const first = journalService('first', {
      probe: async () => {
        if (!firstIsReady) throw new Error('not yet');
      },
    });
    const running = supervise([journalService('second', { needs: ['first'] }), first]);
    const started = running.start();
    await vi.waitFor(() => expect(journal()).toEqual(['first started']), 10_000);
    expect([...running.processes().keys()]).toEqual(['first']);
    firstIsReady = true;
    await started;
    expect(journal()).toEqual(['first started', 'second started']);
  });

  it('ends its services in reverse order of need', async () => {
    const services = [
      journalService('database'),
      journalService('api', { needs: ['database'] }),
      journalService('worker', { needs: ['database', 'api'] }),
    ];
    const running = supervise(services);
    await running.start();
    await running.stop();
    expect(journal().slice(3)).toEqual(['worker ended', 'api ended', 'database ended']);
    expect(running.processes().size).toBe(0);
  });

  it('starts a killed service again and says so', async () => {
    const running = supervise([journalService('api')]);
    await running.start();
    const before = running.processes().get('api');
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(said).toContain('api: is ready again'), 10_000);
    expect(running.processes().get('api')?.pid).not.toBe(before?.pid);
    expect(said).toContain('api: was ended by SIGKILL; started again in 0.02 s');
  });

  it('goes on, and says so once, while what runs cannot be recorded; records it at the next change', async () => {
    // The draft of the record: what cannot be written stands in for the full disk.
    const draft = join(folder, `processes.json.${process.pid}`);
    mkdirSync(draft);
    const running = supervise([journalService('api')]);
    await running.start();
    await restarted(running, 'api');
    expect(said.filter((line) => line.includes('processes.json'))).toEqual([
      expect.stringMatching(/^api: what runs cannot be written to .*processes\.json \(EISDIR/),
    ]);

    rmdirSync(draft);
    await restarted(running, 'api');
    const record: unknown = JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'));
    expect(record).toMatchObject({ children: [{ name: 'api', pid: running.processes().get('api')?.pid }] });
  });

  it('starts a service again whose fault could not be mended, and says why', async () => {
    const flag = join(folder, 'started-before');
    const script = 'test -e "$0" && exec "$@"; touch "$0"; exit 3';
    const words = [process.execPath, JOURNAL_PROGRAM, 'api', join(folder, 'journal')];
    const running = supervise([
      journalService('api', {
        program: { file: '/bin/sh', args: ['-c', script, flag, ...words] },
        mend: () => {
          throw new Error('ENOSPC: no space left on device, mkdir');
        },
      }),
    ]);
    await running.start();
    expect(said).toContain('api: cannot be mended (ENOSPC: no space left on device, mkdir)');
    expect(journal()).toEqual(['api started']);
  });

  it('pauses longer before each restart of a service that keeps dying', async () => {
    const running = supervise([journalService('api', { worthwhile: () => undefined })], {
      longestRestart: 80,
    });
    await running.start();
    for (const pause of ['0.02', '0.04', '0.08', '0.08']) {
      const pid = running.processes().get('api')?.pid ?? 0;
      const earlier = said.length;
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(said.length).toBe(earlier + 2), 10_000);
      expect(said[earlier]).toContain(`started again in ${pause} s`);
    }
  });

  it('kills a service that does not end in time', async () => {
    const running = supervise([journalService('api', { stubborn: true })], { stop: 200 });
    await running.start();
    await running.stop();
    expect(journal()).toEqual(['api started', 'api ended']);
    expect(said).toEqual(expect.arrayContaining(['api: does not end within 0.2 s and is killed']));
    expect(running.processes().size).toBe(0);
  });

  it('gives up on a service that does not come up, with what it wrote, and ends the others', async () => {
    const broken = journalService('broken', {
      program: { file: process.execPath, args: ['-e', 'console.error("no such setting"); process.exit(3)'] },
      probe: async () => {
        throw new Error('not yet');
      },
    });
    const running = supervise([journalService('other'), broken]);
    await expect(running.start()).rejects.toThrow(
      /broken does not start: it ended with code 3[\s\S]*no such setting/,
    );
    expect(running.processes().size).toBe(0);
    expect(journal()).toEqual(['other started', 'other ended']);
  });

  it('gives up on a service whose program does not exist', async () => {
    const missing = journalService('missing', { program: { file: join(folder, 'nothing'), args: [] } });
    await expect(supervise([missing]).start()).rejects.toThrow(
      /missing does not start: it cannot be started/,
    );
  });

  it('writes all output to log files and shows what matters under the name of the service', async () => {
    const running = supervise([journalService('api')]);
    await running.start();
    await vi.waitFor(() => expect(said).toContain('api: api to standard error'), 10_000);
    expect(said).not.toContain('api: api to standard output');
    await running.stop();
    await vi.waitFor(() => {
      const log = readFileSync(join(folder, 'logs', 'api.log'), 'utf8');
      expect(log.split('\n').sort()).toEqual(['', 'api to standard error', 'api to standard output']);
    }, 10_000);
  });

  it('can be stopped while it starts', async () => {
    const never = journalService('api', {
      probe: async () => {
        throw new Error('not yet');
      },
    });
    const running = supervise([never, journalService('worker', { needs: ['api'] })]);
    const started = running.start();
    const refused = expect(started).rejects.toThrow('stopped before it was ready');
    await vi.waitFor(() => expect(journal()).toEqual(['api started']), 10_000);
    await running.stop();
    await refused;
    expect(journal()).toEqual(['api started', 'api ended']);
  });
});
