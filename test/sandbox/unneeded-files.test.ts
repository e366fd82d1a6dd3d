import { execFile } from 'node:child_process';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { DMP, emailFile, type SandboxClient, signedInSandbox, temporaryFolder } from './running-sandbox.js';

const run = promisify(execFile);

const DAY = { advanceSeconds: 86_400 };

async function sandboxIn(folder: string) {
  const client = await signedInSandbox({ dataDir: folder });
  const held = async () => (await readdir(join(folder, 'files'))).toSorted();
  const status = async (filePath: string) => (await fetch(`${client.url}/_sandbox/files/${filePath}`)).status;
  return { client, held, status };
}

/** A day passes without anybody turning the sandbox's clock. */
function tomorrow(): void {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_000);
  onTestFinished(() => clock.mockRestore());
}

function remove(client: SandboxClient, ids: readonly string[]) {
  return client.post(`${DMP}delete/`, { advertiser_id: client.advertiser, custom_audience_ids: ids });
}

describe('the bytes of a file', () => {
  it('stay for its day, and go after it when no audience names it; what is known of it stays', async () => {
    const { client, held, status } = await sandboxIn(await temporaryFolder());
    const filePath = await client.upload(emailFile(0, 20));
    await client.admin('POST', 'clock', { advanceSeconds: 86_000 });
    expect(await status(filePath)).toBe(200);
    await client.admin('POST', 'clock', { advanceSeconds: 400 });
    expect(await held()).toEqual([]);
    expect(await status(filePath)).toBe(404);
    expect(await client.admin('GET', 'files')).toMatchObject([{ file_path: filePath, lines: 20 }]);
    expect(await (await fetch(`${client.url}/_sandbox`)).text()).toContain('bytes deleted');
    expect((await client.tryCreate([filePath])).code).toBe(40910);
  });

  it('stay while an audience names it, also before a REPLACE, and not for a change that failed', async () => {
    const { client, held } = await sandboxIn(await temporaryFolder());
    const [first, second, few] = [
      await client.upload(emailFile(0, 20)),
      await client.upload(emailFile(20, 40)),
      await client.upload(emailFile(40, 45)),
    ];
    const id = await client.create([first]);
    await client.update(id, { file_paths: [second] });
    await client.update(id, { file_paths: [few] });
    expect((await client.inside(id)).operations.map(({ state }) => state)).toEqual([
      'applied',
      'applied',
      'failed',
    ]);
    await client.admin('POST', 'clock', DAY);
    expect(await held()).toEqual([first, second].toSorted());
    await client.update(id, { file_paths: [await client.upload(emailFile(40, 60))], action: 'APPEND' });
    expect((await client.inside(id)).members).toBe(40);
  });

  it('go at once with the last audience that names it, and the API takes its path no more', async () => {
    const { client, held } = await sandboxIn(await temporaryFolder());
    const [own, shared, unused] = [
      await client.upload(emailFile(0, 20)),
      await client.upload(emailFile(20, 40)),
      await client.upload(emailFile(40, 60)),
    ];
    const [both, one] = [await client.create([own, shared]), await client.create([shared])];
    await remove(client, [both]);
    expect(await held()).toEqual([shared, unused].toSorted());
    expect((await client.tryCreate([own])).code).toBe(40905);
    expect((await client.inside(one)).members).toBe(20);
    await remove(client, [one]);
    expect(await held()).toEqual([unused]);
  });

  it('go when a file is forgotten that no audience names', async () => {
    const { client, held } = await sandboxIn(await temporaryFolder());
    const [used, unused] = [await client.upload(emailFile(0, 20)), await client.upload(emailFile(20, 40))];
    await client.create([used]);
    for (const filePath of [used, unused]) await client.admin('POST', `files/${filePath}/forget`);
    expect(await held()).toEqual([used]);
  });

  it('go when the sandbox starts, and what lay there without an entry with them', async () => {
    const folder = await temporaryFolder();
    const { client, held } = await sandboxIn(folder);
    const used = await client.upload(emailFile(0, 20));
    await client.create([used]);
    await client.upload(emailFile(20, 40));
    for (const name of ['00000000deadbeef', 'notes.txt']) await writeFile(join(folder, 'files', name), 'x');
    tomorrow();
    const again = await startSandbox({ dataDir: folder });
    await again.close();
    expect(await held()).toEqual([used, 'notes.txt'].toSorted());
  });

  it('go at the next upload once its day is over', async () => {
    const { client, held } = await sandboxIn(await temporaryFolder());
    await client.upload(emailFile(0, 20));
    tomorrow();
    const next = await client.upload(emailFile(20, 40));
    expect(await held()).toEqual([next]);
  });

  it('may go while they are read for an audience that is deleted', async () => {
    const folder = await temporaryFolder();
    const { client } = await sandboxIn(folder);
    const file = emailFile(0, 400);
    const [first, second] = [await client.upload(file), await client.upload(file)];
    const kept = await client.create([await client.upload(emailFile(0, 20))]);
    expect((await client.inside(kept)).members).toBe(20);
    const doomed = await client.create([first, second]);
    // Whoever opens a pipe waits for the other end: so the read has begun, and has not ended.
    const pipe = join(folder, 'files', first);
    await rm(pipe);
    await run('mkfifo', [pipe]);
    const looking = client.admin('GET', 'audiences');
    const content = await open(pipe, 'w');
    expect((await remove(client, [doomed])).code).toBe(0);
    await content.writeFile(file);
    await content.close();
    expect(await looking).toMatchObject([{ audience_id: kept }]);
  });
});
