import { type RequestHandler, Router } from 'express';
import type { Database } from '../../database/open-database.js';
import { listUploads, type UploadRow } from '../../database/uploads.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { pageBody, pageQuery } from '../http/pages.js';
import { parseQuery, pathParameter } from '../http/parse-request.js';
import { notFound } from '../http/problem.js';
import { inspectionQuery } from '../schemas/inspection.js';
import { inspectUploadHead } from '../uploads/inspect-upload-head.js';
import { uploadIncomplete } from '../uploads/upload-incomplete.js';
import { viewUploads } from '../uploads/upload-view.js';
import type { Uploads } from '../uploads/uploads.js';

/** `/v1/uploads`: resumable uploads by the tus protocol, and what is known about them. Never their content. */
export function uploadRoutes(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly uploads: Uploads;
  readonly tus: RequestHandler;
  readonly partBytes: number;
}): Router {
  const { db, store, uploads, tus, partBytes } = deps;
  const router = Router();

  async function requireUpload(id: string): Promise<UploadRow> {
    const upload = await uploads.find(id);
    if (upload === undefined) throw notFound('upload', id);
    return upload;
  }

  // Express answers HEAD with GET's route unless HEAD has one of its own before it.
  router.post('/v1/uploads', tus);
  router.options('/v1/uploads', tus);
  router.options('/v1/uploads/:id', tus);
  router.head('/v1/uploads/:id', tus);
  router.patch('/v1/uploads/:id', tus);
  router.delete('/v1/uploads/:id', tus);

  router.get('/v1/uploads', async (request, response) => {
    const { limit, cursor: from } = parseQuery(pageQuery, request);
    const page = await listUploads(db, { limit, from });
    response.json(pageBody(page, await viewUploads(db, uploads, page.rows)));
  });

  router.get('/v1/uploads/:id', async (request, response) => {
    const upload = await requireUpload(pathParameter(request, 'id'));
    const [view] = await viewUploads(db, uploads, [upload]);
    response.json(view);
  });

  router.get('/v1/uploads/:id/inspection', async (request, response) => {
    const options = parseQuery(inspectionQuery, request);
    const upload = await requireUpload(pathParameter(request, 'id'));
    if (upload.completed_at === null) throw uploadIncomplete(upload.id);
    response.json(await inspectUploadHead(store, upload, { ...options, partBytes }));
  });

  return router;
}
