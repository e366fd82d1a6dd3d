import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADVERTISER } from '../service/test-stack.js';
import type { ClientSetting, UploadingClient } from './uploading-client.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The command line with a dry run: after a start of its own it goes on by the note that it keeps. */
export function uploadingCommandLine({ file, api, folder }: ClientSetting): UploadingClient {
  let client: ChildProcess | undefined;
  const ended = async (): Promise<number | null> => {
    if (client === undefined) throw new Error('the client was not started');
    if (client.exitCode === null && client.signalCode === null) await once(client, 'exit');
    return client.exitCode;
  };
  return {
    async start() {
      client = spawn(
        process.execPath,
        [PROGRAM, file, '--api', api, '--advertiser', ADVERTISER, '--dry-run'],
        {
          env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
          stdio: 'ignore',
        },
      );
    },
    async kill() {
      client?.kill('SIGKILL');
      await ended();
    },
    async done() {
      const exitCode = await ended();
      if (exitCode !== 0) throw new Error(`the command line ended with ${exitCode}`);
    },
    async notesLeft() {
      return readdirSync(join(folder, 'state', 'activate-audience'));
    },
    async close() {
      client?.kill('SIGKILL');
    },
  };
}
