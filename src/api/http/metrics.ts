import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { PHASES } from '../../activation/phases.js';
import type { Database } from '../../database/open-database.js';
import { countActivationsByPhase } from '../activations/count-by-phase.js';

export interface ApiMetrics {
  observe(request: { method: string; route: string; status: number }, seconds: number): void;
  /** In Prometheus' text format. Throws when the database cannot be asked. */
  render(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(db: Database): ApiMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Answered requests',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time until the answer was sent, event streams and uploads included',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  const activations = new Gauge({
    name: 'activations',
    help: 'Activations by phase',
    labelNames: ['phase'],
    registers: [registry],
  });
  return {
    observe({ method, route, status }, seconds) {
      requests.inc({ method, route, status: String(status) });
      durations.observe({ method, route }, seconds);
    },
    async render() {
      const counts = await countActivationsByPhase(db);
      for (const phase of PHASES) activations.set({ phase }, counts.get(phase) ?? 0);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
