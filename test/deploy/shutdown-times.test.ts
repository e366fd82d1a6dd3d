import { describe, expect, it } from 'vitest';
import { DRAIN_MS, SHUTDOWN_LIMIT_MS } from '../../src/api/http-server.js';
import { SHUTDOWN_FORCE_MS, SHUTDOWN_GRACE_MS } from '../../src/temporal/worker-shutdown.js';
import { compose } from './compose-file.js';

function graceOf(service: string): number {
  const [, seconds] = /^(\d+)s$/.exec(compose.services[service]?.stop_grace_period ?? '') ?? [];
  return Number(seconds) * 1_000;
}

describe('docker-compose.yml gives time to end', () => {
  it.each(['worker-core', 'worker-prepare', 'worker-tiktok'])(
    '%s: longer than a worker takes before it gives up by itself',
    (service) => {
      expect(SHUTDOWN_GRACE_MS).toBeLessThan(SHUTDOWN_FORCE_MS);
      expect(graceOf(service)).toBeGreaterThan(SHUTDOWN_FORCE_MS + 5_000);
    },
  );

  it('api: longer than it takes requests and lets them end', () => {
    expect(graceOf('api')).toBeGreaterThan(DRAIN_MS + SHUTDOWN_LIMIT_MS + 5_000);
  });
});
