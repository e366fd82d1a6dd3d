// Kills everything at random and judges what TikTok got: npm run soak -- [--kills N] [--seed S]
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
});
const child = spawn('npx', ['vitest', 'run', 'test/service/soak.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_KILLS: values.kills, SOAK_SEED: values.seed },
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
