import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectLazily } from '../../src/temporal/connect.js';
import { temporalSettings } from '../../src/temporal/connection-settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'temporal-profile-'));
  vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'temporal.toml'));
  for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_PROFILE'])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function profile(): void {
  const text = '[profile.default]\naddress = "temporal.example:7233"\nnamespace = "audiences"\n';
  writeFileSync(join(folder, 'temporal.toml'), text);
}

it('takes address and namespace from the profile of the Temporal CLI, for the API and for workers', () => {
  profile();
  const settings = temporalSettings();
  expect(settings).toMatchObject({
    connectionOptions: { address: 'temporal.example:7233' },
    namespace: 'audiences',
  });
  expect(connectLazily(settings).options.namespace).toBe('audiences');
});

it('lets a variable go before the profile', () => {
  profile();
  vi.stubEnv('TEMPORAL_NAMESPACE', 'others');
  expect(temporalSettings().namespace).toBe('others');
});

it('is the namespace "default" where nothing says otherwise', () => {
  expect(temporalSettings().namespace).toBe('default');
});
