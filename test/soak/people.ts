import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Activation } from '../../src/api/schemas/activation.js';
import type { TestStack } from '../service/test-stack.js';
import type { Random } from './random.js';

const ASK_AGAIN_MS = 250;

/** What a person does with a run while it is open, and when. */
export interface Act {
  readonly kind: 'nothing' | 'pause' | 'cancel';
  readonly afterMs: number;
  /** How long a pause lasts. */
  readonly lastsMs: number;
}

export function drawAct(random: Random): Act {
  return {
    kind: random.pick(['nothing', 'nothing', 'nothing', 'nothing', 'pause', 'cancel'] as const),
    afterMs: random.between(0, 8_000),
    lastsMs: random.between(0, 5_000),
  };
}

/** Does it, however often the API has to be asked, unless the run ends before. */
export async function act(product: TestStack, id: string, { kind, afterMs, lastsMs }: Act): Promise<void> {
  if (kind === 'nothing') return;
  await delay(afterMs);
  await tell(product, id, kind);
  if (kind !== 'pause') return;
  await delay(lastsMs);
  await tell(product, id, 'resume');
}

async function tell(product: TestStack, id: string, signal: 'pause' | 'resume' | 'cancel'): Promise<void> {
  for (;;) {
    const answer = await product.post(`/v1/activations/${id}/${signal}`).catch(() => null);
    if (answer?.ok) return;
    const run = await product.activation(id).catch(() => null);
    if (run?.finishedAt != null) return;
    await delay(ASK_AGAIN_MS);
  }
}

const refusal = z.object({ code: z.string() });

/**
 * Tries a cancelled run again.
 *
 * @returns the new run's id; `published` when TikTok had taken everything before, and `unknown` when it may have
 * @throws when the API gave no such answer: ask again
 */
export async function retry(
  product: TestStack,
  canceled: Activation,
): Promise<{ id: string } | 'published' | 'unknown'> {
  const answer = await product.post(`/v1/activations/${canceled.id}/retry`);
  const body: unknown = await answer.json();
  if (answer.ok) return z.object({ id: z.string() }).parse(body);
  const { code } = refusal.parse(body);
  if (code === 'run_has_published') return 'published';
  if (code === 'outcome_unknown') return 'unknown';
  throw new Error(`the retry is refused: ${code}`);
}
