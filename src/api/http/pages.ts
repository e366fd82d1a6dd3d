import { z } from 'zod';
import type { Page, PagePosition } from '../../database/page.js';

const position = z
  .tuple([z.iso.datetime(), z.string()])
  .transform(([createdAt, id]): PagePosition => ({ createdAt: new Date(createdAt), id }));

const cursor = z
  .string()
  .transform((text, context) => {
    try {
      const decoded: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      return decoded;
    } catch {
      context.addIssue('is not a cursor of this list');
      return z.NEVER;
    }
  })
  .pipe(position);

/** `?limit=&cursor=` of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: cursor.optional(),
});

/** A page as the API writes it. */
export function pageBody<Row, View>(
  page: Page<Row>,
  views: readonly View[],
): { data: readonly View[]; nextCursor: string | null } {
  const { next } = page;
  return {
    data: views,
    nextCursor:
      next === null ? null : Buffer.from(JSON.stringify([next.createdAt, next.id])).toString('base64url'),
  };
}
