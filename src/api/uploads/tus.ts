import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { EVENTS, Server } from '@tus/server';
import type { Response as ExpressResponse, RequestHandler } from 'express';
import { newId } from '../../database/ids.js';
import type { Database } from '../../database/open-database.js';
import type { SessionLocks } from '../../database/session-locks.js';
import { recordReceived } from '../../database/uploads.js';
import type { Logger } from '../../logger.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { drainRequest } from '../http/drain-request.js';
import { Problem } from '../http/problem.js';
import { refuseWhatDoesNotFit } from './free-space.js';
import { IncomingStore } from './incoming-store.js';
import { tusProblem } from './tus-problem.js';
import { createUploadLocker } from './upload-locker.js';
import type { Uploads } from './uploads.js';

export const UPLOADS_PATH = '/v1/uploads';

/** How long the request of a connection that was replaced by a new one may still write. */
const DRAIN_MS = 500;
const PROGRESS_INTERVAL_MS = 2_000;
const TUS_VERSION = '1.0.0';
const UPLOAD_ID = /^upl_[0-9a-z]{20}$/;

/**
 * tus 1.0 with creation, creation-with-upload, expiration and termination. Not for GET, which tus would answer with
 * the content, and without checksums, which its file store accepts without looking.
 */
export function tusHandler(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly uploads: Uploads;
  readonly locks: SessionLocks;
  readonly maxUploadBytes: number;
  readonly logger: Logger;
}): RequestHandler {
  const { db, store, uploads, logger } = deps;
  const failures = new WeakMap<object, unknown>();
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: new IncomingStore({ db, uploads }),
    maxSize: deps.maxUploadBytes,
    locker: createUploadLocker(deps.locks),
    lockDrainTimeout: DRAIN_MS,
    postReceiveInterval: PROGRESS_INTERVAL_MS,
    namingFunction: () => newId('upl'),
    // Relative: behind a proxy neither the scheme nor the host of the request need be those of the client.
    generateUrl: (_request, { path, id }) => `${path}/${id}`,
    getFileIdFromRequest: (_request, last) => (last !== undefined && UPLOAD_ID.test(last) ? last : undefined),
    async onUploadCreate(_request, upload) {
      await refuseWhatDoesNotFit(store, upload.size ?? 0);
      return {};
    },
    async onUploadFinish(_request, upload) {
      await uploads.finish(upload.id);
      return {};
    },
    onResponseError(request, error) {
      failures.set(request, error);
      return undefined;
    },
  });
  server.on(EVENTS.POST_RECEIVE, (_request, upload) => {
    recordReceived(db, upload.id, upload.offset).catch((error: unknown) => {
      logger.warn({ err: error, uploadId: upload.id }, 'the progress of an upload was not recorded');
    });
  });

  return async (request, response) => {
    const refuse = (status: number, said: string, failure: unknown) => {
      drainRequest(request);
      response.set('tus-resumable', TUS_VERSION);
      return tusProblem(status, said, failure, deps.maxUploadBytes);
    };
    // tus takes another version for a malformed header.
    if (request.method !== 'OPTIONS' && request.get('tus-resumable') !== TUS_VERSION) {
      throw refuse(412, `Send Tus-Resumable: ${TUS_VERSION}.`, undefined);
    }
    const webRequest = toWebRequest(request);
    const answer = await server.handleWeb(webRequest);
    if (answer.status < 400) return sendAnswer(answer, response);
    throw refuse(answer.status, await answer.text(), failures.get(webRequest));
  };
}

/** tus as a web handler: its answers can be looked at before they are sent. */
function toWebRequest(request: IncomingMessage & { originalUrl: string }): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const { host } = request.headers;
  const address = `http://${host ?? 'localhost'}${request.originalUrl}`;
  if (!URL.canParse(address)) throw badAddress();
  const method = request.method ?? 'GET';
  const bodyless = method === 'HEAD' || method === 'GET';
  return new Request(address, {
    method,
    headers,
    ...(bodyless ? {} : { body: Readable.toWeb(request), duplex: 'half' as const }),
  } as RequestInit);
}

function badAddress(): Problem {
  return new Problem({
    status: 400,
    code: 'bad_address',
    title: 'The address is not valid',
    detail: 'The request line and the header Host do not make an address.',
  });
}

async function sendAnswer(answer: Response, response: ExpressResponse): Promise<void> {
  response.status(answer.status);
  answer.headers.forEach((value, name) => {
    // Whether pages of other addresses may call is decided by the guard.
    if (!name.startsWith('access-control-')) response.set(name, value);
  });
  response.end(await answer.text());
}
