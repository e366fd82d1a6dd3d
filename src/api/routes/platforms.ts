import { Router } from 'express';
import type { Environments } from '../../connections/environments.js';
import { describeProfiles } from '../../customer-file/identifiers/describe-profiles.js';
import { PLATFORM } from '../schemas/connection.js';
import type { Platform } from '../schemas/platform.js';

const PLATFORM_TILE: Omit<Platform, 'environments'> = {
  id: PLATFORM,
  name: 'TikTok',
  description: 'Custom Audiences from customer files, in TikTok Ads Manager',
  identifiers: ['email', 'phone', 'maid'],
  actions: ['create', 'append', 'remove', 'replace'],
  normalizationProfiles: describeProfiles().map((profile) => ({
    ...profile,
    examples: [...profile.examples],
  })),
};

/** `/v1/platforms`: the kinds of destination. */
export function platformRoutes({ environments }: { readonly environments: Environments }): Router {
  const tile: Platform = {
    ...PLATFORM_TILE,
    environments: (['live', 'sandbox'] as const).filter((name) => environments[name] !== null),
  };
  const router = Router();
  router.get('/v1/platforms', (_request, response) => {
    response.json({ data: [tile], nextCursor: null });
  });
  return router;
}
