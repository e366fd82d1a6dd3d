import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeWholeJson } from './whole-file.js';

const portsSchema = z.record(z.string(), z.int().min(1).max(65_535));

/** The ports that a stack was given, by the name of what listens there. */
export type LastPorts = Readonly<Record<string, number>>;

const portsFile = (folder: string) => join(folder, 'ports.json');

/**
 * Where the stack of this folder listened when it ran last. A port that replaces a taken one is chosen by chance: kept,
 * so that links, bookmarks and clients that wait for the API find it again after a restart.
 */
export function readLastPorts(folder: string): LastPorts {
  return readJson(portsFile(folder), portsSchema) ?? {};
}

export function writeLastPorts(folder: string, ports: LastPorts): void {
  writeWholeJson(portsFile(folder), ports);
}
