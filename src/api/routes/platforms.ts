import { Router } from 'express';
import { PLATFORM } from '../schemas/connection.js';
import type { Platform } from '../schemas/platform.js';

const PLATFORMS: readonly Platform[] = [
  {
    id: PLATFORM,
    name: 'TikTok',
    description: 'Custom Audiences from customer files, in TikTok Ads Manager',
    identifiers: ['email', 'phone', 'maid'],
    actions: ['create', 'append', 'remove', 'replace'],
  },
];

/** `/v1/platforms`: the kinds of destination. */
export function platformRoutes(): Router {
  const router = Router();
  router.get('/v1/platforms', (_request, response) => {
    response.json({ data: PLATFORMS, nextCursor: null });
  });
  return router;
}
