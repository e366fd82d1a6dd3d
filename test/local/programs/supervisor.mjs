// A supervisor of one Node program and one command, to be killed: FOLDER. Writes the pids when both run.
import { makeDataFolder } from '../../../dist/local/data-folder.js';
import { Supervisor } from '../../../dist/local/supervisor.js';

const [folder] = process.argv.slice(2);
makeDataFolder(folder);
const service = (name, program) => ({
  name,
  needs: [],
  program,
  probe: async () => undefined,
  stopSignal: 'SIGTERM',
  worthwhile: () => undefined,
});
const worker = new URL('./worker.mjs', import.meta.url).pathname;
const supervisor = new Supervisor(
  [
    service('node', { script: worker, env: { ...process.env, WORKER_HEALTH_PORT: '0' } }),
    service('command', { file: 'sleep', args: ['600'] }),
  ],
  { folder, postgresCluster: null, say: () => undefined },
);
await supervisor.start();
process.stdout.write(`${JSON.stringify(Object.fromEntries(supervisor.processes()))}\n`);
