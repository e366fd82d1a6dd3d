import { join } from 'node:path';
import { z } from 'zod';
import { createSandboxLogger } from './logger.js';
import { startSandbox } from './sandbox.js';
import { APP } from './scopes.js';
import { usageText } from './usage.js';

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  /** 0: a free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  /** The sandbox's own folder; by default the folder `sandbox` of `DATA_DIR`. */
  SANDBOX_DIR: z.string().optional(),
  DATA_DIR: z.string().default('.data'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

const parsed = environment.safeParse(process.env);
if (!parsed.success) {
  process.stderr.write(
    `The sandbox cannot start. Correct these environment variables:\n${z.prettifyError(parsed.error)}\n`,
  );
  process.exit(2);
}
const { HOST, PORT, SANDBOX_DIR, DATA_DIR, LOG_LEVEL } = parsed.data;
const log = createSandboxLogger(LOG_LEVEL);
const dataDir = SANDBOX_DIR ?? join(DATA_DIR, 'sandbox');
const sandbox = await startSandbox({ host: HOST, port: PORT, dataDir, log });
log.info({ url: sandbox.url, page: `${sandbox.url}/_sandbox` }, 'the TikTok sandbox listens');

// For the person who started it; a supervisor reads the port from the channel below.
if (process.send === undefined) {
  process.stdout.write(`
TikTok sandbox   ${sandbox.url}/_sandbox   (Ctrl-C ends it; what it holds stays in ${dataDir})
API              ${sandbox.url}/open_api/v1.3/
Consent page     ${sandbox.url}/portal/auth
App              id ${APP.id}, secret ${APP.secret}
For Activate Audience itself: TIKTOK_API_URL=${sandbox.url}/open_api/v1.3/ TIKTOK_PORTAL_URL=${sandbox.url}/portal/auth TIKTOK_APP_ID=${APP.id} TIKTOK_APP_SECRET=${APP.secret}

${usageText(sandbox.url)}

`);
}

let ending = false;
async function end(reason: string): Promise<void> {
  if (ending) return;
  ending = true;
  log.info({ reason }, 'the TikTok sandbox ends');
  await sandbox.close();
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void end(signal));
}
// A supervisor that starts it with an IPC channel learns the port, and never leaves it behind when it dies itself.
if (process.send !== undefined) {
  process.once('disconnect', () => void end('disconnect'));
  process.send({ type: 'listening', port: sandbox.port });
}
