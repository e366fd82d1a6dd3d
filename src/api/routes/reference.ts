import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

const require = createRequire(import.meta.url);
const SWAGGER_UI = dirname(require.resolve('swagger-ui-dist/package.json'));

/** Swagger UI writes styles into its elements and draws its icons from data; everything else comes from here. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API of Activate Audience</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/reference.js"></script>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null });\n`;

/** `/openapi.json`, and `/docs`, which shows it without asking any other server. */
export function referenceRoutes(document: object): Router {
  const router = Router();
  const policy: RequestHandler = (_request, response, next) => {
    response.set('content-security-policy', CONTENT_SECURITY_POLICY);
    next();
  };

  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.get('/docs', policy, (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/docs/reference.js', policy, (_request, response) => {
    response.type('js').send(START);
  });
  router.get(
    '/docs/:file',
    policy,
    (request, _response, next) => {
      request.url = `/${String(request.params['file'])}`;
      next();
    },
    express.static(SWAGGER_UI, { index: false, fallthrough: true }),
  );
  return router;
}
