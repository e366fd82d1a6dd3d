import { type DeliveryRow, listDeliveries } from '../database/deliveries.js';
import { preparedFiles } from '../database/prepared-files.js';
import type { Intent, PublicationRow } from '../database/publications.js';
import type { ChangeReceipt, TikTokClient } from '../tiktok/client.js';
import type { ActivityDependencies } from './dependencies.js';
import { type LoadedActivation, loadPreparation } from './loaded-activation.js';
import { storedPlan } from './stored-plan.js';

/** What an attempt to publish works with. Kept no longer than the token may be. */
export interface Publishing {
  readonly deps: ActivityDependencies;
  readonly tiktok: TikTokClient;
  readonly activation: LoadedActivation;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** What TikTok shows of a request whose answer is not known. */
export type Sighting =
  | { readonly kind: 'done'; readonly audienceId: string }
  | { readonly kind: 'not_done' }
  /** TikTok is at work on the audience, and does not say on what. */
  | { readonly kind: 'processing' }
  | { readonly kind: 'unclear'; readonly title: string; readonly detail: string };

/** Whether the request can be made now. */
export type Readiness =
  | { readonly kind: 'ready'; readonly intent: Intent }
  /** The audience cannot be changed at the moment. */
  | { readonly kind: 'busy' };

/** One request to TikTok that must take effect exactly once: `create`, or a change of an audience. */
export interface Target {
  /** Looks at TikTok for what an earlier attempt may have done. */
  look(publication: PublicationRow): Promise<Sighting>;
  /** Removes what is too much, once it is recorded which audience is the activation's. */
  settle?(): Promise<void>;
  /**
   * Checks, immediately before the request, what it rests on.
   *
   * @param again TikTok may have done it already: the audience may be as this run has made it
   */
  prepare(again: boolean): Promise<Readiness>;
  /** Makes the request; `letGo` is called immediately before it leaves. */
  send(content: AudienceContent, letGo: () => void): Promise<ChangeReceipt & { readonly audienceId: string }>;
}

export interface AudienceContent {
  readonly filePaths: readonly string[];
  readonly calculateType: string;
}

/** The parts that make a file and of which TikTok has none. */
export async function undeliveredParts(
  { deps, activation }: Publishing,
  deliveries: readonly DeliveryRow[],
): Promise<number[]> {
  const { id } = await loadPreparation(deps.db, activation);
  const delivered = new Set(deliveries.map((delivery) => delivery.part_index));
  const files = await preparedFiles(deps.db, id);
  return files.flatMap(({ part }) => (delivered.has(part) ? [] : [part]));
}

/** The uploaded parts. */
export async function audienceContent({ deps, activation }: Publishing): Promise<AudienceContent> {
  const preparation = await loadPreparation(deps.db, activation);
  const deliveries = await listDeliveries(deps.db, activation.id);
  const files = await preparedFiles(deps.db, preparation.id);
  if (deliveries.length !== files.length) {
    throw new Error(`${deliveries.length} of ${files.length} files are delivered`);
  }
  if (files.length === 0) throw new Error('there is no file to publish');
  return {
    filePaths: deliveries.map((delivery) => delivery.file_path),
    calculateType: storedPlan.parse(preparation.plan).layout.calculateType,
  };
}
