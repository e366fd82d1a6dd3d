import express, { type Express } from 'express';
import type { ConnectionAccess } from '../connections/access.js';
import type { Authorizations } from '../connections/authorizations.js';
import type { Environments } from '../connections/environments.js';
import type { Database } from '../database/open-database.js';
import type { SessionLocks } from '../database/session-locks.js';
import type { Logger } from '../logger.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { ActivationRuns } from '../temporal/activation-runs.js';
import { createActivationIntake } from './activations/activation-intake.js';
import { type ActivationLinks, createActivationViews } from './activations/activation-view.js';
import { createLedgerTotals } from './activations/ledger-totals.js';
import type { Reconciler } from './activations/reconciler.js';
import type { RunStarter } from './activations/run-starter.js';
import type { BackgroundTasks } from './background-work.js';
import { guard } from './http/guard.js';
import { noSuchRoute } from './http/method-not-allowed.js';
import { createMetrics } from './http/metrics.js';
import { problemHandler } from './http/problems.js';
import { requestLog } from './http/request-log.js';
import { REFERENCE_PATHS, referenceDocument } from './reference/document.js';
import { activationSignalRoutes } from './routes/activation-signals.js';
import { activationRoutes } from './routes/activations.js';
import { browserSessionRoutes } from './routes/browser-session.js';
import { connectionRoutes } from './routes/connections.js';
import { invitationRoutes } from './routes/invitations.js';
import { oauthRoutes } from './routes/oauth.js';
import { peoplePages } from './routes/people-pages.js';
import { platformRoutes } from './routes/platforms.js';
import { referenceRoutes } from './routes/reference.js';
import { serviceRoutes } from './routes/service.js';
import { uploadRoutes } from './routes/uploads.js';
import { tusHandler } from './uploads/tus.js';
import type { Uploads } from './uploads/uploads.js';

export interface ApiDependencies {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly environments: Environments;
  readonly runs: ActivationRuns;
  readonly access: ConnectionAccess;
  readonly authorizations: Authorizations;
  readonly uploads: Uploads;
  readonly locks: SessionLocks;
  readonly starter: RunStarter;
  readonly reconciler: Reconciler;
  readonly logger: Logger;
  readonly background: BackgroundTasks;
  /** The server listens on the loopback address only. */
  readonly loopback: boolean;
  readonly apiKeys: readonly string[];
  readonly links: ActivationLinks;
  readonly maxUploadBytes: number;
  readonly partBytes: number;
  /** Whether the database has this release's schema. */
  readonly migrated: () => boolean;
  /** Whether the process is about to end and wants no new requests. */
  readonly draining: () => boolean;
  /** Aborted when the server stops: ends the event streams and long work in the background. */
  readonly stopping: AbortSignal;
}

/** The HTTP API. */
export function createApp(deps: ApiDependencies): Express {
  const { db, logger, links } = deps;
  const { publicUrl } = links;
  const metrics = createMetrics(db);
  const views = createActivationViews({ db, ledgerTotals: createLedgerTotals(db), links });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');

  app.use((_request, response, next) => {
    response.set('x-content-type-options', 'nosniff');
    next();
  });
  app.use(requestLog(logger, metrics));
  app.use(guard({ loopback: deps.loopback, apiKeys: deps.apiKeys, publicUrl }));
  app.use(uploadRoutes({ ...deps, tus: tusHandler(deps) }));
  app.use(activationRoutes({ ...deps, intake: createActivationIntake(deps), views }));
  app.use(activationSignalRoutes({ ...deps, views }));
  app.use(platformRoutes(deps));
  app.use(connectionRoutes({ ...deps, publicUrl }));
  app.use(oauthRoutes(deps));
  app.use(peoplePages({ ...deps, views }));
  app.use(invitationRoutes(deps));
  app.use(browserSessionRoutes({ apiKeys: deps.apiKeys, publicUrl }));
  app.use(serviceRoutes({ ...deps, metrics }));
  app.use(referenceRoutes(referenceDocument({ publicUrl, keyNeeded: deps.apiKeys.length > 0 })));
  app.use(noSuchRoute(REFERENCE_PATHS));
  app.use(problemHandler(logger));
  return app;
}
