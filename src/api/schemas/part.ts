import { z } from 'zod';
import { ledger } from './ledger.js';

const count = z.int().min(0);

/** One line of the ledger: a part of an activation. */
export const part = z
  .object({
    index: count,
    firstLine: count,
    rows: count,
    attempts: count.meta({ description: 'How often its preparation was begun.' }),
    bytes: count.nullable().meta({ description: 'Of the file for TikTok; null until prepared.' }),
    md5: z.string().nullable(),
    preparedAt: z.iso.datetime().nullable(),
    uploadedAt: z.iso.datetime().nullable(),
    filePath: z.string().nullable().meta({ description: "TikTok's name for the uploaded file." }),
    requestId: z.string().nullable().meta({ description: "TikTok's id of the request that uploaded it." }),
    ledger: ledger.nullable(),
  })
  .meta({ id: 'Part' });

export type Part = z.infer<typeof part>;
