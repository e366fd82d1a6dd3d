import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { choosePorts } from '../../src/local/free-ports.js';
import { readLastPorts, writeLastPorts } from '../../src/local/last-ports.js';
import { PortClaims } from '../../src/local/port-claims.js';
import { planStack } from '../../src/local/stack-plan.js';

const run = promisify(execFile);

it('ports that are free are taken as wished, others are replaced, and all differ', async () => {
  const [free = 0] = await choosePorts([0]);
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  const address = occupant.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const chosen = await choosePorts([free, taken, free, 0]);
  expect(chosen[0]).toBe(free);
  expect(chosen[1]).not.toBe(taken);
  expect(new Set(chosen).size).toBe(4);

  const said: string[] = [];
  const plan = await planStack('/nowhere', { PORT: String(taken) }, (text) => said.push(text));
  expect(plan.ports.api).not.toBe(taken);
  expect(said.join()).toContain(`the API ${plan.ports.api} instead of ${taken}`);
  occupant.close();
});

it('a port that replaced a taken one is chosen again, unless that is taken too', async () => {
  const [api = 0, postgres = 0] = await choosePorts([0, 0]);
  const occupants = [0, postgres].map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(occupants.map((occupant) => once(occupant, 'listening')));
  const address = occupants[0]?.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = await mkdtemp(join(tmpdir(), 'ports-'));
  writeLastPorts(folder, { api, postgres });
  // The well-known port too, as if to another stack, so that it does not matter whether it is free here.
  const promised = new Set([5433, taken]);
  const claim = (port: number) => !promised.has(port);
  const plan = await planStack(
    '/nowhere',
    { PORT: String(taken) },
    () => undefined,
    claim,
    readLastPorts(folder),
  );
  expect(plan.ports.api).toBe(api);
  expect(plan.ports.postgres).not.toBe(postgres);
  for (const occupant of occupants) occupant.close();
  await rm(folder, { recursive: true });
});

it('a well-known port that another stack was promised is not chosen, until that stack gives it up', async () => {
  const [free = 0] = await choosePorts([0]);
  const [first, second] = [new PortClaims(), new PortClaims()];
  expect(await choosePorts([free], (port) => first.claim(port))).toEqual([free]);
  expect(await choosePorts([free], (port) => second.claim(port))).not.toEqual([free]);
  first.release();
  expect(await choosePorts([free], (port) => second.claim(port))).toEqual([free]);
  second.release();
});

it('a claim leaves nothing behind that would keep another user from the port', async () => {
  const [free = 0] = await choosePorts([0]);
  const folder = join(tmpdir(), `activate-audience-port-${free}`);
  const claims = new PortClaims();
  expect(claims.claim(free)).toBe(true);
  expect(existsSync(folder)).toBe(true);
  claims.release();
  expect(existsSync(folder)).toBe(false);
});

// Only root can become another user.
it.runIf(process.getuid?.() === 0)(
  'the folder of another user keeps a port only while it may hold a claim',
  async () => {
    const [free = 0] = await choosePorts([0]);
    const folder = join(tmpdir(), `activate-audience-port-${free}`);
    const module = new URL('../../dist/local/port-claims.js', import.meta.url).href;
    const asNobody = async () => {
      const nobody = Number((await run('id', ['-u', 'nobody'])).stdout);
      // The module is loaded before the privileges are given up: the repository may lie where only root can read.
      const source = `
        import { PortClaims } from ${JSON.stringify(module)};
        process.setgroups([]); process.setgid(${nobody}); process.setuid(${nobody});
        console.log(new PortClaims().claim(${free}));
      `;
      return (await run(process.execPath, ['--input-type=module', '-e', source])).stdout.trim();
    };
    await mkdir(folder, { mode: 0o755 });
    try {
      expect(await asNobody()).toBe('true');
      await chmod(folder, 0o700);
      expect(await asNobody()).toBe('false');
      await chmod(folder, 0o755);
      const claims = new PortClaims();
      expect(claims.claim(free)).toBe(true);
      expect(await asNobody()).toBe('false');
      claims.release();
      expect(await asNobody()).toBe('true');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

it('a port that nobody wished for is none that the system gives to outgoing connections', async () => {
  const chosen = await choosePorts(Array.from({ length: 50 }, () => 0));
  for (const port of chosen) expect(port >= 10_000 && port < 32_768).toBe(true);
});

it('a port that browsers and fetch refuse is not chosen, even if wished for', async () => {
  const refused = [2049, 6000, 10_080];
  for (const port of refused) {
    const failure: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ cause: { message: 'bad port' } });
  }
  const chosen = await choosePorts(refused);
  expect(refused.filter((port) => chosen.includes(port))).toEqual([]);
});

it('what the user brings is not embedded', async () => {
  const plan = await planStack(
    '/nowhere',
    {
      DATABASE_URL: 'postgresql://h/d',
      TEMPORAL_ADDRESS: 'h:7233',
      TIKTOK_SANDBOX_URL: 'http://h:8090',
    },
    () => undefined,
  );
  expect(plan.embedded).toEqual({ postgres: false, temporal: false, sandbox: false });
  // The sandbox stays beside TikTok itself: for simulations.
  const credentials = { TIKTOK_APP_ID: '1', TIKTOK_APP_SECRET: 's' };
  const own = await planStack('/nowhere', { DATABASE_URL: '', ...credentials }, () => undefined);
  expect(own.embedded).toEqual({ postgres: true, temporal: true, sandbox: true });
});
