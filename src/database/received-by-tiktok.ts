import type { Database } from './open-database.js';
import { findPublication } from './publications.js';

/** What TikTok is known to have of a run. */
export interface ReceivedByTikTok {
  /** Files that it has received. */
  readonly files: number;
  /** Whether it has created or changed the audience. */
  readonly published: boolean;
  /** Whether it was asked to, and its answer is not known. */
  readonly outcomeUnknown: boolean;
  /** Of the audience that was created or changed, or was to be changed. */
  readonly audienceId: string | null;
  /** The one-time name that a created audience has, or would have, since it was not renamed. */
  readonly oneTimeName: string | null;
}

export async function receivedByTikTok(db: Database, activationId: string): Promise<ReceivedByTikTok> {
  const { files } = await db
    .selectFrom('deliveries')
    .select((eb) => eb.fn.countAll<number>().as('files'))
    .where('activation_id', '=', activationId)
    .executeTakeFirstOrThrow();
  const publication = await findPublication(db, activationId);
  const published = publication?.published_at != null;
  return {
    files: Number(files),
    published,
    outcomeUnknown: !published && publication?.send_before != null,
    audienceId: publication?.audience_id ?? null,
    oneTimeName: publication?.named_at === null ? publication.one_time_name : null,
  };
}
