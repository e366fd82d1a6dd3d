import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from './project-folder.js';

const recordSchema = z.object({ temporal: z.string().optional(), temporalTestServer: z.string().optional() });

/**
 * The Temporal CLI that the set-up script found or installed; without its record, TEMPORAL_CLI_PATH, PATH, `.tools`.
 * Throws with the ways to get one.
 */
export function findTemporalCli(environment: NodeJS.ProcessEnv): string {
  const found = [
    environment['TEMPORAL_CLI_PATH'],
    readRecord().temporal,
    ...onPath('temporal', environment),
    join(projectFolder, '.tools', 'bin', 'temporal'),
  ].find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    'The Temporal CLI is missing. Run "node scripts/setup.mjs" to install it, put "temporal" on the PATH, or set TEMPORAL_CLI_PATH.',
  );
}

/** The time-skipping test server, which only tests use. Throws with the ways to get it. */
export function findTemporalTestServer(environment: NodeJS.ProcessEnv): string {
  const found = [
    environment['TEMPORAL_TEST_SERVER_PATH'],
    readRecord().temporalTestServer,
    join(projectFolder, '.tools', 'bin', 'temporal-test-server'),
  ].find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    'The Temporal test server is missing. Run "node scripts/setup.mjs --for-tests" to install it, or set TEMPORAL_TEST_SERVER_PATH.',
  );
}

function readRecord(): z.infer<typeof recordSchema> {
  const file = join(projectFolder, '.tools', 'paths.json');
  if (!existsSync(file)) return {};
  return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function onPath(name: string, environment: NodeJS.ProcessEnv): string[] {
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

function isExecutable(file: string | undefined): file is string {
  if (file === undefined || file === '') return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
