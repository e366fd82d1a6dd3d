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
    verifiedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When TikTok last accepted a call, noted once a minute.' }),
    lastCheckedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'The later of the last call that was accepted and the last that failed.' }),
    lastFailure: z
      .object({
        at: z.iso.datetime(),
        kind: z.string().meta({ description: 'As `reauthorize`, `permission`, `rate_limit`, `transient`.' }),
        code: z.int().nullable().meta({ description: "TikTok's code." }),
        requestId: z.string().nullable().meta({ description: "For TikTok's support." }),
        detail: z.string(),
      })
      .nullable(),
    advertisers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        timezone: z.string().nullable(),
        audiences: z.int().nullable().meta({ description: 'Used of the 400 that TikTok allows.' }),
        canWrite: z.boolean().nullable().meta({
          description:
            'Whether audiences can be created and changed; null when TikTok did not tell at the sign-in.',
        }),
      }),
    ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Connection' });

/** Without an invitation the link is for the person who asks. */
export const authorizationRequest = z
  .strictObject({
    invitation: z
      .strictObject({
        from: z
          .string()
          .trim()
          .min(1)
          .max(100)
          .meta({ description: 'Who asks, as the invited person knows them.' }),
        note: z.string().trim().min(1).max(500).optional(),
      })
      .optional()
      .meta({
        description:
          'For somebody else, who has the rights at TikTok: `authorizationUrl` is then a page that says who asks for ' +
          'what. It needs no key, works once and lasts seven days.',
      }),
  })
  .meta({ id: 'AuthorizationRequest' });

/** The answer to the creation of a connection and to every further sign-in: where to send the person. */
export const authorization = z
  .object({ authorizationUrl: z.url(), expiresAt: z.iso.datetime() })
  .meta({ id: 'Authorization' });

export const newConnection = connection.extend(authorization.shape).meta({ id: 'NewConnection' });

export type Connection = z.infer<typeof connection>;
export type NewConnection = z.infer<typeof newConnection>;
export type Authorization = z.infer<typeof authorization>;
