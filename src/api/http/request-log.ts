import type { Request, RequestHandler } from 'express';
import type { Logger } from '../../logger.js';
import type { ApiMetrics } from './metrics.js';

/** Probes and scrapers ask every few seconds, and a large upload is hundreds of requests. */
const QUIET = /^\/(?:healthz|readyz|metrics)$/;

/** Notes every answer: method, path, status, time. Queries, bodies and headers can hold secrets and are left out. */
export function requestLog(logger: Logger, metrics: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const { path } = request;
    const start = performance.now();
    response.once('close', () => {
      const ms = Math.round(performance.now() - start);
      const { statusCode: status } = response;
      metrics.observe({ method: request.method, route: routeOf(request), status }, ms / 1000);
      const quiet = QUIET.test(path) || request.method === 'PATCH' || request.method === 'HEAD';
      const line = { method: request.method, path, status, ms, whole: response.writableFinished };
      if (quiet) logger.debug(line, 'request');
      else logger.info(line, 'request');
    });
    next();
  };
}

/** The pattern of the route, since a label with ids would have no end of values. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  const known =
    typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string';
  return known ? String(route.path) : 'none';
}
