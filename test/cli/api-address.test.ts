import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiAddress } from '../../src/cli/api-address.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('apiAddress', () => {
  it('prefers the flag to ACTIVATE_API, that to the running stack, and that to the default port', async () => {
    await writeFile(join(folder, 'stack.json'), JSON.stringify({ api: 'http://127.0.0.1:9000/' }));
    const env = { ACTIVATE_API: 'http://api.example.com' };
    expect(apiAddress('http://flag.example.com/', env, folder)).toBe('http://flag.example.com');
    expect(apiAddress(undefined, env, folder)).toBe('http://api.example.com');
    expect(apiAddress(undefined, {}, folder)).toBe('http://127.0.0.1:9000');
    expect(apiAddress(undefined, {}, join(folder, 'nothing'))).toBe('http://127.0.0.1:8080');
  });

  it('takes a stack file that is half written for none', async () => {
    await writeFile(join(folder, 'stack.json'), '{"api": "htt');
    expect(apiAddress(undefined, {}, folder)).toBe('http://127.0.0.1:8080');
  });
});
