import { z } from 'zod';
import { isAudienceType } from './calculate-type.js';

/** An id as a string: "the server converts with an int64 parse". */
export const idField = z.string().regex(/^\d{1,19}$/);

/** "1 to 128 characters." */
export const audienceNameField = z.string().min(1).max(128);

/** "1 to 500 items, each 16 characters." */
export const filePathsField = z.array(z.string().length(16)).min(1).max(500);

export const audienceTypeField = z.string().refine(isAudienceType);

export const subTypeField = z.enum(['NORMAL', 'REACH_FREQUENCY']);

/** An array in a query: JSON text, as `["195365742"]`. */
function queryArray<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** "1 to 100 ids." */
export const audienceIdsField = z.array(idField).min(1).max(100);
export const queryIdsField = queryArray(audienceIdsField);
export const queryNamesField = queryArray(z.array(z.string()));

/** A number in a query, between the two. */
export function queryNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
}

/** An IANA name. */
export const timeZoneField = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
});
