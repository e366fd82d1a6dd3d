import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { adminRoutes } from './admin.js';
import { AdminError } from './admin-request.js';
import { businessApi } from './business-api.js';
import { CallLog } from './call-log.js';
import { Clock } from './clock.js';
import { consentRoutes } from './consent.js';
import { createSandboxLogger, type Logger } from './logger.js';
import { Processing } from './processing.js';
import { DEFAULT_SETTINGS, type Settings, type SettingsInput, settingsSchema } from './settings.js';
import { StateStore } from './state.js';
import { deleteUnneededFiles } from './unneeded-files.js';
import { isLoopback, refuseForeignHost, refuseForeignPages } from './web-pages.js';
import type { World } from './world.js';

export interface SandboxOptions extends Partial<SettingsInput> {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Folder for everything it remembers; made when missing. One sandbox at a time. */
  readonly dataDir: string;
  /** Default: one that says warnings and errors. */
  readonly log?: Logger;
}

export interface Sandbox {
  /** As `http://127.0.0.1:8090`. The API is below it at `/open_api/v1.3/`, the consent page at `/portal/auth`. */
  readonly url: string;
  readonly port: number;
  /** Ends at once, also the calls that wait. What was answered is kept. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in for TikTok's Business API. Settings hold for a new folder and after a reset; a folder that was used
 * before goes on with its own.
 *
 * @throws ZodError for a setting that cannot be
 * @throws Error of Node when the port is taken or the folder cannot be written
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, dataDir, log = createSandboxLogger('warn'), ...settings } = options;
  const world = openWorld(dataDir, settingsSchema.parse({ ...DEFAULT_SETTINGS, ...settings }), log);
  const server = createServer(sandboxApp(world, isLoopback(host)));
  // An upload on a slow line takes longer than Node's five minutes.
  server.requestTimeout = 0;
  // Node closes a quiet connection after five seconds, which a busy caller notices only by a failed call.
  server.keepAliveTimeout = 75_000;
  const boundPort = await listen(server, host, port);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    close: () => close(server),
  };
}

function openWorld(dataDir: string, settings: Settings, log: Logger): World {
  mkdirSync(dataDir, { recursive: true });
  const store = new StateStore(dataDir, settings);
  const clock = new Clock(store);
  deleteUnneededFiles(store, clock.now());
  return {
    store,
    clock,
    calls: new CallLog(join(dataDir, 'calls.jsonl')),
    processing: new Processing(store, clock, log),
    log,
  };
}

function sandboxApp(world: World, onlyHere: boolean): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (onlyHere) app.use(refuseForeignHost);
  app.use(['/_sandbox', '/portal'], refuseForeignPages);
  app.use('/open_api/v1.3', businessApi(world));
  app.use(consentRoutes(world));
  app.use('/_sandbox', adminRoutes(world));
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('404 page not found');
  });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const refused = error instanceof AdminError || error instanceof SyntaxError;
    if (!refused) world.log.error({ err: error }, 'the sandbox itself failed');
    response
      .status(refused ? 400 : 500)
      .json({ error: error instanceof Error ? error.message : 'unknown error' });
  });
  return app;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
