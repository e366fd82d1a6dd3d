import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { activationPaths } from './activation-paths.js';
import { connectionPaths } from './connection-paths.js';
import { servicePaths } from './service-paths.js';
import { uploadPaths } from './upload-paths.js';

/** Every route of the app: what is answered with 405 rather than 404 is decided by it too. */
export const REFERENCE_PATHS: ZodOpenApiPathsObject = {
  ...uploadPaths,
  ...activationPaths,
  ...connectionPaths,
  ...servicePaths,
};

/** The OpenAPI document, made from the schemas that validate. */
export function referenceDocument(options: {
  readonly publicUrl: string;
  readonly keyNeeded: boolean;
}): object {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Activate Audience',
      version: '1',
      description:
        'Uploads customer files as TikTok Custom Audiences. Errors are application/problem+json. ' +
        'Times are ISO 8601 in UTC. Ids are opaque.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: options.publicUrl }],
    paths: REFERENCE_PATHS,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    security: options.keyNeeded ? [{ key: [] }] : [],
  });
}
