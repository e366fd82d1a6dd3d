import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { type ComposeService, compose, composeDocument, composeText, projectPath } from './compose-file.js';

const example = readFileSync(projectPath('.env.example'), 'utf8');

const services = Object.entries(compose.services);
const isOneShot = ([, service]: [string, ComposeService]): boolean =>
  service.restart?.startsWith('on-failure') === true;
/** Those that run this program: the API and the workers. */
const ours = services.filter(([, { image }]) => image === compose.services['api']?.image);
const longRunning = services.filter((entry) => !isOneShot(entry));

/** What compose makes of `${NAME}`, `${NAME:-default}` and `${NAME:?sentence}`. */
function filledIn(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind?: string, rest = '') => {
    const value = env[name] ?? '';
    if (value !== '') return value;
    if (kind === '-') return rest;
    throw new Error(`${name} ${rest}`);
  });
}

const secrets = {
  POSTGRES_PASSWORD: 'a1',
  AUDIENCE_DB_PASSWORD: 'b2',
  TEMPORAL_DB_PASSWORD: 'c3',
  API_KEYS: '0123456789abcdef',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  TIKTOK_APP_ID: '7000000000000000000',
  TIKTOK_APP_SECRET: 'secret',
};

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    const schema: unknown = JSON.parse(readFileSync(projectPath('test/deploy/compose-spec.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema as object);
    validate(composeDocument);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('names every image with a version, and none that Temporal no longer builds', () => {
    for (const entry of services) {
      const [, { image }] = entry;
      if (!ours.includes(entry)) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
      expect(image).not.toContain('auto-setup');
    }
    const stages = readFileSync(projectPath('Dockerfile'), 'utf8').match(/^FROM \S+/gm);
    for (const stage of stages ?? []) expect(stage).toMatch(/^FROM node:\d+-bookworm-slim$/);
  });

  it('builds the image of the API and the workers once, and takes it from nowhere else', () => {
    expect(ours.map(([name]) => name)).toEqual(['api', 'worker-core', 'worker-prepare', 'worker-tiktok']);
    const building = services.filter(([, { build }]) => build !== undefined);
    expect(building.map(([name]) => name)).toEqual(['api']);
    for (const [, { build, pull_policy }] of ours) {
      if (build === undefined) expect(pull_policy).toBe('never');
    }
  });

  it.each(longRunning)('%s has a health check and comes back after a crash', (_name, service) => {
    expect(service.healthcheck?.test[0]).toBe('CMD');
    expect(service.restart).toBe('unless-stopped');
  });

  it.each(ours)('%s has an init process and a minute to stop', (_name, service) => {
    expect(service.init).toBe(true);
    expect(service.stop_grace_period).toBe('60s');
  });

  it.each(services)('%s waits for services that exist, in a way that fits them', (_name, service) => {
    for (const [needed, { condition }] of Object.entries(service.depends_on)) {
      const found = services.find(([name]) => name === needed);
      expect(found, needed).toBeDefined();
      if (found === undefined) continue;
      expect(condition).toBe(isOneShot(found) ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  it.each(services)('%s mounts files and volumes that exist', (_name, service) => {
    for (const volume of service.volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(projectPath(source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('publishes nothing beyond this machine', () => {
    const ports = services.flatMap(([, service]) => service.ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('explains every variable that it takes in .env.example', () => {
    const taken = [...composeText.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
    for (const name of taken) expect(example).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
  });

  it('refuses to start with a sentence while a secret is missing, and .env.example holds none', () => {
    for (const name of Object.keys(secrets)) {
      expect(parseEnv(example)[name], name).toBe('');
      expect(() => filledIn(composeText, { ...secrets, [name]: '' })).toThrow(/must be set in \.env/);
    }
  });

  it.each(ours)('%s gets an environment that its process accepts', (name, service) => {
    const given = { ...parseEnv(example), ...secrets } as Record<string, string>;
    const environment = Object.fromEntries(
      Object.entries(service.environment).map(([key, value]) => [key, filledIn(value, given)]),
    );
    const config = readConfig(environment);
    expect(config.loopback).toBe(name !== 'api');
    if (name !== 'api') expect(config.workerRoles).toEqual([name.replace('worker-', '')]);
    expect(config.databaseUrl).toBe('postgresql://activate_audience:b2@postgres:5432/activate_audience');
  });

  it('has a worker for every role', () => {
    const roles = services.flatMap(([, { environment }]) => environment['WORKER_ROLES'] ?? []);
    expect(roles.sort()).toEqual(['core', 'prepare', 'tiktok']);
  });
});

describe('.env.example', () => {
  it('explains every variable of the contract', () => {
    const names = [
      ...['HOST', 'PORT', 'PUBLIC_URL', 'API_KEYS', 'DATABASE_URL', 'STORAGE_URL', 'S3_ENDPOINT', 'AWS_'],
      ...['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY', 'TEMPORAL_UI_URL'],
      ...['TIKTOK_APP_ID', 'TIKTOK_APP_SECRET', 'TIKTOK_API_URL', 'TIKTOK_PORTAL_URL'],
      ...['ENCRYPTION_KEY', 'ENCRYPTION_KEY_PREVIOUS', 'WORKER_ROLES', 'PART_BYTES', 'DATA_DIR', 'LOG_LEVEL'],
    ];
    for (const name of names) expect(example).toContain(name);
  });
});
