import { z } from 'zod';
import { attention } from './activation.js';

export const PLATFORM = 'tiktok-customer-file';

const environment = z.enum(['live', 'sandbox']).meta({
  description: 'Where the calls go: TikTok itself, or the sandbox in its place, for simulations.',
});

export const connectionRequest = z
  .strictObject({
    platform: z.literal(PLATFORM),
    name: z.string().trim().min(1).max(100).optional(),
    environment: environment.optional().meta({
      description: 'By default "live" where the server has credentials of a TikTok app, else "sandbox".',
    }),
  })
  .meta({ id: 'ConnectionRequest' });

export const connection = z
  .object({
    id: z.string(),
    platform: z.literal(PLATFORM),
    environment,
    name: z.string().nullable(),
    status: z.enum(['not_configured', 'configured', 'needs_reauthorization', 'disconnected']),
    attention: attention.nullable(),
    authorizedBy: z.string().nullable(),
    authorizedAt: z.iso.datetime().nullable(),
    verifiedAt: z.iso.datetime().nullable(),
    advertisers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        timezone: z.string().nullable(),
        audiences: z.int().nullable().meta({ description: 'Used of the 400 that TikTok allows.' }),
      }),
    ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Connection' });

/** The answer to the creation of a connection and to every further sign-in: where to send the person. */
export const authorization = z
  .object({ authorizationUrl: z.url(), expiresAt: z.iso.datetime() })
  .meta({ id: 'Authorization' });

export const newConnection = connection.extend(authorization.shape).meta({ id: 'NewConnection' });

export type Connection = z.infer<typeof connection>;
export type NewConnection = z.infer<typeof newConnection>;
export type Authorization = z.infer<typeof authorization>;
