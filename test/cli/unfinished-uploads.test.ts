import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateDirectory, unfinishedUploads } from '../../src/cli/unfinished-uploads.js';

let folder: string;
let complaints: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notes-test-'));
  complaints = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const complain = (line: string): void => {
  complaints.push(line);
};

describe('notes of unfinished uploads', () => {
  it('are looked for in vain, without a word, where their folder cannot be', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const notes = unfinishedUploads(join(file, 'activate-audience'), complain);
    expect(await notes.findUploadsByFingerprint('buyers')).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('that cannot be removed are named, for they lead back to the run that took the upload over', async () => {
    const notes = unfinishedUploads(folder, complain);
    await notes.removeUpload(folder);
    expect(complaints).toEqual([expect.stringContaining(`Remove ${folder} yourself`)]);
  });

  it('have a place that nobody makes when the user has no home', () => {
    const home = (): string => {
      throw new Error('uv_os_homedir returned ENOENT');
    };
    expect(stateDirectory({}, home)).toBe('/nonexistent/.local/state/activate-audience');
    expect(stateDirectory({ XDG_STATE_HOME: '/state' }, home)).toBe('/state/activate-audience');
  });
});
