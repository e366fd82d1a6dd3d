import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { type ActivationRow, findActivation, listActivations } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Accepted, ActivationIntake } from '../activations/activation-intake.js';
import type { ViewActivations } from '../activations/activation-view.js';
import { sendActivationEvents } from '../activations/event-stream.js';
import { viewParts } from '../activations/parts-view.js';
import { receiveForm } from '../activations/receive-form.js';
import { asCsv, asJson, readRejectedRows } from '../activations/rejected-rows.js';
import { retryRun } from '../activations/retry-run.js';
import type { RunStarter } from '../activations/run-starter.js';
import { pageBody } from '../http/pages.js';
import {
  jsonBody,
  parseBody,
  parseQuery,
  pathParameter,
  unsupportedMediaType,
} from '../http/parse-request.js';
import { notFound, Problem } from '../http/problem.js';
import type { Activation } from '../schemas/activation.js';
import { activationRequest, activationsRequest, hasDestinations } from '../schemas/activation-request.js';
import { activationsQuery } from '../schemas/activations-query.js';
import { rejectedRowsQuery } from '../schemas/rejected-row.js';
import { storeFormUpload } from '../uploads/form-upload.js';
import { refuseWhatDoesNotFit } from '../uploads/free-space.js';
import type { Uploads } from '../uploads/uploads.js';

const LONGEST_KEY = 255;

/** `/v1/activations`: starting runs and looking at them. */
export function activationRoutes(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly uploads: Uploads;
  readonly intake: ActivationIntake;
  readonly starter: RunStarter;
  readonly views: ViewActivations;
  readonly maxUploadBytes: number;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}): Router {
  const { db, store, uploads, intake, views } = deps;
  const router = Router();

  async function require(request: Request): Promise<ActivationRow> {
    const id = pathParameter(request, 'id');
    const activation = await findActivation(db, id);
    if (activation === undefined) throw notFound('activation', id);
    return activation;
  }

  async function view(id: string): Promise<Activation> {
    const row = await findActivation(db, id);
    const [activation] = row === undefined ? [] : await views([row]);
    if (activation === undefined) throw notFound('activation', id);
    return activation;
  }

  /** A list for a request with `destinations`, else the one activation. */
  async function answer(
    response: Response,
    { activationIds }: Accepted,
    asked: { several: boolean },
  ): Promise<void> {
    const activations = await Promise.all(activationIds.map(view));
    const [only] = activations;
    if (asked.several || only === undefined) response.status(202).json({ data: activations });
    else response.status(202).location(only.links.self).json(only);
  }

  async function acceptForm(request: Request, response: Response): Promise<void> {
    const idempotencyKey = idempotencyKeyOf(request);
    const announced = Number(request.headers['content-length'] ?? 0);
    await refuseWhatDoesNotFit(store, announced);
    const form = await receiveForm(request, {
      maxFileBytes: deps.maxUploadBytes,
      keep: (filename, bytes) => storeFormUpload(deps, filename, bytes),
      drop: async (upload) => {
        await uploads.discard(upload.id);
      },
    });
    // Refused where a run was recorded before the failure: its run needs the file.
    const dropUnused = () => uploads.remove(form.file.id).catch(() => undefined);
    const accepted = await intake
      .acceptWithFile(form.activation, form.file, idempotencyKey)
      .catch(async (error: unknown) => {
        await dropUnused();
        throw error;
      });
    if (accepted.repeated) await dropUnused();
    await answer(response, accepted, { several: hasDestinations(form.activation) });
  }

  router.post('/v1/activations', async (request, response, next) => {
    if (!request.is('multipart/form-data')) {
      next();
      return;
    }
    await acceptForm(request, response);
  });

  router.post(
    '/v1/activations',
    (request, _response, next) => {
      next(request.is('json') ? undefined : unsupportedMediaType('application/json, multipart/form-data'));
    },
    jsonBody(),
    async (request, response) => {
      const key = idempotencyKeyOf(request);
      const several = hasDestinations(request.body);
      const wanted = several
        ? parseBody(activationsRequest, request.body)
        : parseBody(activationRequest, request.body);
      await answer(response, await intake.accept(wanted, key), { several });
    },
  );

  router.get('/v1/activations', async (request, response) => {
    const { limit, cursor: from, ...filter } = parseQuery(activationsQuery, request);
    const page = await listActivations(db, { limit, from, ...filter });
    response.json(pageBody(page, await views(page.rows)));
  });

  router.get('/v1/activations/:id', async (request, response) => {
    response.json(await view(pathParameter(request, 'id')));
  });

  router.post('/v1/activations/:id/retry', async (request, response) => {
    const retry = await view(await retryRun(deps, await require(request)));
    response.status(202).location(retry.links.self).json(retry);
  });

  router.get('/v1/activations/:id/events', async (request, response) => {
    const id = pathParameter(request, 'id');
    await sendActivationEvents(request, response, () => view(id), deps.stopping);
  });

  router.get('/v1/activations/:id/parts', async (request, response) => {
    response.json({ data: await viewParts(db, await require(request)), nextCursor: null });
  });

  router.get('/v1/activations/:id/rejected-rows', async (request, response) => {
    const { format } = parseQuery(rejectedRowsQuery, request);
    const activation = await require(request);
    const rows = await readRejectedRows({ db, store }, activation);
    if (format === 'csv') {
      response.type('text/csv').attachment(`rejected-rows-${activation.id}.csv`);
      await pipeline(asCsv(rows), response);
    } else {
      response.type('json');
      await pipeline(asJson(rows), response);
    }
  });

  return router;
}

function idempotencyKeyOf(request: Request): string | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (key.length > 0 && key.length <= LONGEST_KEY) return key;
  throw new Problem({
    status: 400,
    code: 'invalid_idempotency_key',
    title: 'The Idempotency-Key is not valid',
    detail: `An Idempotency-Key has 1 to ${LONGEST_KEY} characters.`,
  });
}
