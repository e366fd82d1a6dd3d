import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const project = fileURLToPath(new URL('../..', import.meta.url));

const dependency = z.object({ condition: z.string() });

const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  pull_policy: z.string().optional(),
  init: z.boolean().optional(),
  restart: z.string().optional(),
  stop_grace_period: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), dependency).default({}),
});

const composeFile = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
});

export type ComposeService = z.infer<typeof service>;

export function projectPath(path: string): string {
  return `${project}${path}`;
}

export const composeText = readFileSync(projectPath('docker-compose.yml'), 'utf8');

/** As compose reads it, with its merge keys carried out. */
export const composeDocument: unknown = parse(composeText, { merge: true });

export const compose = composeFile.parse(composeDocument);
