import { resolve } from 'node:path';
import { choosePorts } from './free-ports.js';
import type { LastPorts } from './last-ports.js';

/** What a stack will consist of and where each part listens. */
export interface StackPlan {
  folder: string;
  /** What the user set; an empty variable counts as absent. */
  given: NodeJS.ProcessEnv;
  /** The interface of the API. */
  host: string;
  ports: Record<PortName, number>;
  embedded: { postgres: boolean; temporal: boolean; sandbox: boolean };
}

const PORT_NAMES = ['api', 'temporal', 'temporalUi', 'postgres', 'sandbox', 'workerHealth'] as const;
type PortName = (typeof PORT_NAMES)[number];

const WISHES: Record<PortName, number> = {
  api: 8080,
  temporal: 7233,
  temporalUi: 8233,
  postgres: 5433,
  sandbox: 8090,
  workerHealth: 0,
};

const TITLES: Record<PortName, string> = {
  api: 'the API',
  temporal: 'Temporal',
  temporalUi: 'the Temporal Web UI',
  postgres: 'PostgreSQL',
  sandbox: 'the TikTok sandbox',
  workerHealth: "the worker's health",
};

/**
 * Decides what is embedded: PostgreSQL unless DATABASE_URL is set, the Temporal dev server unless TEMPORAL_ADDRESS is,
 * the sandbox unless TIKTOK_SANDBOX_URL is. Ports that are taken or blocked are replaced by those of the last time, or by
 * free ones, and said.
 */
export async function planStack(
  dataDir: string,
  environment: NodeJS.ProcessEnv,
  say: (text: string) => void,
  claimPort: (port: number) => boolean = () => true,
  last: LastPorts = {},
): Promise<StackPlan> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const embedded = {
    postgres: given['DATABASE_URL'] === undefined,
    temporal: given['TEMPORAL_ADDRESS'] === undefined,
    sandbox: given['TIKTOK_SANDBOX_URL'] === undefined,
  };
  const wishes = PORT_NAMES.map((name) => ({ name, port: wishOf(name, given, embedded) }));
  const chosen = await choosePorts(
    wishes.map(({ port }) => port),
    claimPort,
    wishes.map(({ name }) => last[name]),
  );
  const ports = { ...WISHES };
  const replaced: string[] = [];
  for (const [index, { name, port }] of wishes.entries()) {
    ports[name] = chosen[index] ?? port;
    if (port !== 0 && ports[name] !== port)
      replaced.push(`${TITLES[name]} ${ports[name]} instead of ${port}`);
  }
  if (replaced.length > 0)
    say(`Ports are taken or blocked by browsers, so there are others: ${replaced.join(', ')}.`);
  return { folder: resolve(dataDir), given, host: given['HOST'] ?? '127.0.0.1', ports, embedded };
}

function wishOf(name: PortName, given: NodeJS.ProcessEnv, embedded: StackPlan['embedded']): number {
  if (name === 'api') return portIn(given['PORT']) ?? WISHES.api;
  if (name === 'workerHealth') return portIn(given['WORKER_HEALTH_PORT']) ?? WISHES.workerHealth;
  const isEmbedded = embedded[name === 'temporalUi' ? 'temporal' : name];
  // A service that is not ours keeps its port: no reason to say that it is taken.
  return isEmbedded ? WISHES[name] : 0;
}

/** What is no port is left to the API, which says so with all other mistakes. */
function portIn(text: string | undefined): number | undefined {
  const port = Number(text ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
