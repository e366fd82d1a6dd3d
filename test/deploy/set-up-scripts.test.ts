import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTemporalCli } from '../../src/local/find-tools.js';
import { choosePorts } from '../../src/local/free-ports.js';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/search-attributes.js';
import { projectPath } from './compose-file.js';

const run = promisify(execFile);
const scripts = (await readdir(projectPath('deploy'))).filter((name) => name.endsWith('.sh'));

describe('the scripts of deploy/', () => {
  it.each(scripts)('%s is a shell script without mistakes of syntax', async (name) => {
    await run('sh', ['-n', projectPath(`deploy/${name}`)]);
  });

  it.each(scripts)('%s says which variable is missing', async (name) => {
    const { PATH } = process.env;
    const failed = run('sh', [projectPath(`deploy/${name}`)], { env: { PATH } });
    await expect(failed).rejects.toThrow(/: is the /);
  });
});

describe('deploy/temporal-namespace.sh', () => {
  const temporal = findTemporalCli(process.env);
  let folder: string;
  let server: ChildProcess;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'namespace-test-'));
    const [port = 0, metricsPort = 0] = await choosePorts([0, 0]);
    env = {
      PATH: `${dirname(temporal)}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_NAMESPACE: 'activations',
    };
    const words = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)];
    const more = ['--metrics-port', String(metricsPort), '--db-filename', join(folder, 'temporal.db')];
    server = spawn(temporal, [...words, ...more], { env, stdio: 'ignore' });
  });

  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  });

  it('waits for the server, makes the namespace with its search attributes, and changes nothing when run again', async () => {
    const script = projectPath('deploy/temporal-namespace.sh');
    const first = await run('sh', [script], { env });
    const second = await run('sh', [script], { env });

    const described = await run(temporal, ['operator', 'namespace', 'describe'], { env });
    const listed = await run(temporal, ['operator', 'search-attribute', 'list'], { env });
    expect(described.stdout).toMatch(/Retention\w* +720h/);
    for (const { name } of SEARCH_ATTRIBUTES)
      expect(listed.stdout).toMatch(new RegExp(`^ *${name} +Keyword`, 'm'));
    expect(first.stdout).toContain('search attribute AdvertiserId can be used: yes');
    expect(second.stdout).toContain('namespace activations exists');
    expect(second.stdout).toContain('search attribute ActivationPhase exists');
  });
});
