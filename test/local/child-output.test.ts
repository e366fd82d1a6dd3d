import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChildOutput } from '../../src/local/child-output.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-output-test-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the output of a service', () => {
  it('is written again once its log file can be, and is shown meanwhile', async () => {
    const log = join(folder, 'api.log');
    // What cannot be written stands in for the full disk.
    mkdirSync(log);
    const shown: string[] = [];
    const output = new ChildOutput(
      log,
      (text) => shown.push(text),
      ({ text }) => text,
    );
    const child = new PassThrough();
    output.follow(child, 'stdout');
    child.write('shown\n');
    await vi.waitFor(() => expect(shown).toEqual(['shown']), 10_000);

    rmdirSync(log);
    await vi.waitFor(() => {
      child.write('kept\n');
      expect(readFileSync(log, 'utf8')).toContain('kept\n');
    }, 10_000);
    output.close();
  });
});
