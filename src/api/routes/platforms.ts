import { Router } from 'express';
import { describeProfiles } from '../../customer-file/identifiers/describe-profiles.js';
import { PLATFORM } from '../schemas/connection.js';
import type { Platform } from '../schemas/platform.js';

const PLATFORMS: readonly Platform[] = [
  {
    id: PLATFORM,
    name: 'TikTok',
    description: 'Custom Audiences from customer files, in TikTok Ads Manager',
    identifiers: ['email', 'phone', 'maid'],
    actions: ['create', 'append', 'remove', 'replace'],
    normalizationProfiles: describeProfiles().map((profile) => ({
      ...profile,
      examples: [...profile.examples],
    })),
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
