import { Router } from 'express';
import type { Database } from '../../database/open-database.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';
import type { ApiMetrics } from '../http/metrics.js';
import { checkReadiness } from '../http/readiness.js';

/** What probes and Prometheus ask. */
export function serviceRoutes(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly runs: ActivationRuns;
  readonly metrics: ApiMetrics;
  readonly migrated: () => boolean;
  readonly draining: () => boolean;
}): Router {
  const router = Router();

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  router.get('/readyz', async (_request, response) => {
    const readiness = await checkReadiness(deps);
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });

  router.get('/metrics', async (_request, response) => {
    const { contentType, text } = await deps.metrics.render();
    response.set('content-type', contentType).send(text);
  });

  return router;
}
