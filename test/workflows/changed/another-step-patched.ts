import { patched, sleep } from '@temporalio/workflow';
import { ActivateAudience as Present } from '../../../src/workflows/activate-audience.js';
import type { ActivateAudienceInput } from '../../../src/workflows/messages.js';

// biome-ignore lint/performance/noBarrelFile: Temporal knows the workflows by the exports of this file
export { SweepExtraAudiences } from '../../../src/workflows/activate-audience.js';

/** The same change, made as docs/changing-workflows.md wants it. */
export async function ActivateAudience(input: ActivateAudienceInput): ReturnType<typeof Present> {
  if (patched('another-step')) await sleep('1s');
  return Present(input);
}
