import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));

let project: string;

/** A project of one source file whose dependencies are there, so that nothing has to be fetched. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'set-up-test-'));
  cpSync(join(repository, 'scripts', 'setup'), join(project, 'scripts', 'setup'), { recursive: true });
  cpSync(join(repository, 'scripts', 'setup.mjs'), join(project, 'scripts', 'setup.mjs'));
  write('package.json', '{ "type": "module" }');
  write('package-lock.json', '{ "lockfileVersion": 3, "packages": { "": {} } }');
  write('node_modules/.package-lock.json', '{ "lockfileVersion": 3, "packages": {} }');
  symlinkSync(join(repository, 'node_modules', 'typescript'), join(project, 'node_modules', 'typescript'));
  write(
    'tsconfig.json',
    '{ "compilerOptions": { "module": "NodeNext", "outDir": "dist", "types": [], "lib": ["ES5"], "skipLibCheck": true } }',
  );
  write(
    'tsconfig.build.json',
    '{ "extends": "./tsconfig.json", "compilerOptions": { "rootDir": "src", "incremental": true, "tsBuildInfoFile": "dist/.tsbuildinfo" }, "include": ["src"] }',
  );
  write('src/kept.ts', 'export const kept = 1;\n');
  write('src/room/gone.ts', 'export const gone = 1;\n');
  for (const room of ['workflows', 'temporal', 'activation'])
    write(`src/${room}/one.ts`, 'export const one = 1;\n');
  write(
    'scripts/bundle-workflows.mjs',
    "import { appendFileSync } from 'node:fs';\nappendFileSync('dist/workflow-bundle.js', 'bundled\\n');\n",
  );
  fakeTemporal('path/temporal', '1.7.0');
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function fakeTemporal(path: string, version: string): string {
  const file = write(path, `#!/bin/sh\necho "temporal version ${version} (Server 1.0.0, UI 1.0.0)"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Runs the script with the folders of the project as PATH. */
async function setUp(args: string[] = [], { path = ['path'], env = {} } = {}): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join(project, 'scripts', 'setup.mjs'), ...args], {
    env: { PATH: [...path.map((folder) => join(project, folder)), '/usr/bin', '/bin'].join(':'), ...env },
  });
  return stdout + stderr;
}

describe('the set-up script', () => {
  it('says what it does, and does nothing the second time', async () => {
    const first = await setUp();
    expect(first).toContain(`Temporal CLI 1.7.0: ${join(project, 'path', 'temporal')}`);
    expect(first).toMatch(/compiling: done in [\d.]+ s/);
    expect(await setUp()).toMatch(/^Set-up: all there \([\d.]+ s\)\.\n$/);
    expect(await setUp(['--quiet'])).toBe('');
  });

  it('compiles again when a source has changed, and removes what has no source any more', async () => {
    await setUp();
    rmSync(join(project, 'src', 'room'), { recursive: true });
    write('src/kept.ts', 'export const kept = 2;\n');
    expect(await setUp()).toContain('compiling: done');
    expect(existsSync(join(project, 'dist', 'room'))).toBe(false);
    expect(existsSync(join(project, 'dist', 'kept.js'))).toBe(true);
  });

  it('bundles the workflows again when what they are made of has changed, and only then', async () => {
    const bundle = () => readFileSync(join(project, 'dist', 'workflow-bundle.js'), 'utf8');
    await setUp();
    write('src/kept.ts', 'export const kept = 2;\n');
    await setUp();
    expect(bundle()).toBe('bundled\n');
    write('src/activation/one.ts', 'export const one = 2;\n');
    await setUp();
    expect(bundle()).toBe('bundled\nbundled\n');
  });

  it('compiles again when output is missing', async () => {
    await setUp();
    rmSync(join(project, 'dist', 'kept.js'));
    await setUp();
    expect(existsSync(join(project, 'dist', 'kept.js'))).toBe(true);
  });

  it('shows why the sources do not compile, and tries again the next time', async () => {
    write('src/kept.ts', 'export const kept: string = 1;\n');
    const problem = /kept\.ts\(1,14\)[\s\S]*The sources do not compile/;
    await expect(setUp()).rejects.toThrow(problem);
    await expect(setUp()).rejects.toThrow(problem);
  });

  it('passes over a Temporal CLI that is too old', async () => {
    fakeTemporal('old/temporal', '1.4.9');
    const first = await setUp([], { path: ['old', 'path'] });
    expect(first).toContain('version 1.4.9 is older than 1.5');
    expect(first).toContain('Temporal CLI 1.7.0');
    expect(await setUp([], { path: ['old', 'path'] })).toContain('all there');
  });

  it('takes the Temporal CLI of TEMPORAL_CLI_PATH before all others, and says when it is none', async () => {
    const given = fakeTemporal('given/cli', '1.8.0');
    expect(await setUp([], { env: { TEMPORAL_CLI_PATH: given } })).toContain(`Temporal CLI 1.8.0: ${given}`);
    const nothing = join(project, 'nothing');
    await expect(setUp([], { env: { TEMPORAL_CLI_PATH: nothing } })).rejects.toThrow(
      `TEMPORAL_CLI_PATH is ${nothing}: not an executable file.`,
    );
  });

  it('run twice at the same moment does the work once', async () => {
    const outputs = await Promise.all([setUp(), setUp(), setUp()]);
    expect(outputs.filter((output) => output.includes('compiling: done'))).toHaveLength(1);
    expect(existsSync(join(project, 'dist', 'kept.js'))).toBe(true);
    expect(existsSync(join(project, '.tools', 'setup.lock'))).toBe(false);
  });

  it('is not held up by a set-up that was killed', async () => {
    write('.tools/setup.lock', '999999999');
    expect(await setUp()).toContain('compiling: done');
  });

  it('refuses a flag that it does not know', async () => {
    await expect(setUp(['--fast'])).rejects.toThrow('Set-up does not know --fast');
  });
});
