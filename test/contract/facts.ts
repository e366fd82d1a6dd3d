import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { BERLIN, DMP, SandboxClient } from '../sandbox/running-sandbox.js';

/**
 * Where a fact comes from: O is official (TikTok's SDK, its help centre), OC a copy of a page of TikTok's developer
 * portal, OBS a recorded live answer. Behind it the names of the sources, as in the notes on TikTok's API.
 */
export type Source = `${'O' | 'OC' | 'OBS' | 'OC, OBS' | 'O, OC' | 'O, OBS' | 'O, OC, OBS'}: ${string}`;

/** People of a file that is large enough for the sandbox of the suite, whose threshold is 10. */
export const ENOUGH = 20;
export const PROCESSING_SECONDS = 3600;

/** Another server than the sandbox, TikTok itself for instance. */
const live = z
  .object({
    // The paths of the suite begin behind the host; the base address of the API, as TIKTOK_API_URL has it, does too.
    CONTRACT_API_URL: z.url().transform((url) => url.replace(/(\/open_api\/v1\.3)?\/*$/, '')),
    CONTRACT_ACCESS_TOKEN: z.string().min(1),
    CONTRACT_ADVERTISER_ID: z.string().regex(/^\d+$/),
  })
  .safeParse(process.env);

export interface Facts {
  /** Holds for any server that is TikTok's API or stands in for it. */
  fact(text: string, source: Source, check: (client: SandboxClient) => Promise<void>): void;
  /**
   * The same, but to be seen within a test it needs the sandbox's clock, settings or consent page: skipped against another
   * server.
   */
  sandboxFact(text: string, source: Source, check: (client: SandboxClient) => Promise<void>): void;
}

/** A group of facts. Against the sandbox each one begins with everything as at start and a token for all advertisers. */
export function contract(title: string, state: (facts: Facts) => void): void {
  describe(title, () => {
    let folder: string | undefined;
    let sandbox: Sandbox | undefined;
    beforeAll(async () => {
      if (live.success) return;
      folder = await mkdtemp(join(tmpdir(), 'contract-'));
      sandbox = await startSandbox({
        dataDir: folder,
        processingSeconds: PROCESSING_SECONDS,
        minimumMatched: 10,
      });
    });
    afterAll(async () => {
      await sandbox?.close();
      if (folder !== undefined) await rm(folder, { recursive: true });
    });

    const begin = async (): Promise<SandboxClient> => {
      if (live.success) {
        const { CONTRACT_API_URL, CONTRACT_ACCESS_TOKEN, CONTRACT_ADVERTISER_ID } = live.data;
        const client = new SandboxClient(CONTRACT_API_URL, CONTRACT_ADVERTISER_ID);
        client.token = CONTRACT_ACCESS_TOKEN;
        return client;
      }
      const client = new SandboxClient(sandbox?.url ?? '', BERLIN);
      await client.admin('POST', 'reset');
      client.token = await client.signIn();
      return client;
    };
    const factBy =
      (test: (name: string, check: () => Promise<void>) => void): Facts['fact'] =>
      (text, source, check) => {
        test(`${text} [${source}]`, async () => {
          const client = await begin();
          try {
            await check(client);
          } finally {
            if (live.success) await removeCreated(client);
          }
        });
      };
    state({ fact: factBy(it), sandboxFact: factBy(it.skipIf(live.success)) });
  });
}

/** Deletes what a check has made on another server. */
async function removeCreated(client: SandboxClient): Promise<void> {
  if (client.created.length === 0) return;
  await client.post(`${DMP}delete/`, {
    advertiser_id: client.advertiser,
    custom_audience_ids: client.created,
  });
}

/** Lets the sandbox process what it has accepted. */
export async function finishProcessing(client: SandboxClient): Promise<void> {
  await client.admin('POST', 'clock', { advanceSeconds: PROCESSING_SECONDS });
}
