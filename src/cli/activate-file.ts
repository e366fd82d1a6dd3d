import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { UrlStorage } from 'tus-js-client';
import type { Activation } from '../api/schemas/activation.js';
import type { ActivationRequest, ActivationsRequest } from '../api/schemas/activation-request.js';
import type { ApiClient } from './api-client.js';
import { chooseDestinations, type Destination } from './destination.js';
import { ApiProblem, ApiUnreachable, UsageError } from './errors.js';
import type { Output } from './output.js';
import { type Confirm, confirmedSize } from './replace-guard.js';
import { fileToSend, uploadFile } from './upload.js';
import { type WatchedRuns, watchRuns } from './watch-runs.js';

/** Waits between the tries of starting a run: the Idempotency-Key makes repeating harmless. */
const START_RETRY_MILLISECONDS = [250, 500, 1000, 2000, 4000, 8000, 8000];

export type AudienceChoice =
  | { readonly action: 'create'; readonly name?: string | undefined }
  | { readonly action: 'append' | 'remove'; readonly audienceId: string }
  | { readonly action: 'replace'; readonly audienceId: string; readonly confirmSize?: number | undefined };

export interface ActivateFileOptions {
  readonly api: ApiClient;
  readonly file: string;
  readonly audience: AudienceChoice;
  /** To the sandbox instead of TikTok: what would happen, without anything happening. */
  readonly simulate?: boolean | undefined;
  /** Default: the only configured connection. */
  readonly connection?: string | undefined;
  /** A run for each. Default: the connection's only advertiser. */
  readonly advertisers?: readonly string[] | undefined;
  readonly columns?: ActivationRequest['columns'] | undefined;
  readonly normalization?: ActivationRequest['normalization'] | undefined;
  readonly rejectedRowLimit?: ActivationRequest['rejectedRowLimit'];
  readonly dryRun?: boolean | undefined;
  readonly uploads: UrlStorage;
  readonly confirm: Confirm;
}

/**
 * Uploads the file, starts the runs and follows them to their end, or until they wait for a person.
 * Throws UsageError, ApiProblem and ApiUnreachable.
 */
export async function activateFile(options: ActivateFileOptions, output: Output): Promise<WatchedRuns> {
  const { api, file } = options;
  await fileToSend(file);
  const [destination, ...others] = await chooseDestinations(api, options);
  const audience = await audienceOf(options, destination, others);
  const upload = await uploadFile(api, file, options.uploads, output);
  const reading = {
    ...(options.columns === undefined ? {} : { columns: options.columns }),
    ...(options.normalization === undefined ? {} : { normalization: options.normalization }),
    ...(options.rejectedRowLimit === undefined ? {} : { rejectedRowLimit: options.rejectedRowLimit }),
    ...(options.dryRun === true ? { dryRun: true } : {}),
  };
  const started = await startRuns(
    api,
    others.length === 0
      ? { uploadId: upload.uploadId, ...destination, audience, ...reading }
      : {
          uploadId: upload.uploadId,
          destinations: [destination, ...others].map((each) => ({ ...each, audience })),
          ...reading,
        },
  );
  await upload.forget();
  for (const { id, advertiserId } of started) {
    output.say(
      started.length === 1 ? `Run ${id} has started.` : `Run ${id} has started, for ${advertiserId}.`,
    );
  }
  return watchRuns(api, started, output);
}

async function audienceOf(
  { api, file, audience, confirm }: ActivateFileOptions,
  destination: Destination,
  others: readonly Destination[],
): Promise<ActivationRequest['audience']> {
  if (others.length > 0 && audience.action !== 'create') {
    throw new UsageError(
      `An audience belongs to one advertiser: with several, --${audience.action} is not possible.`,
    );
  }
  switch (audience.action) {
    case 'create':
      return { action: 'create', name: audience.name ?? basename(file, extname(file)) };
    case 'append':
    case 'remove':
      return { action: audience.action, audienceId: audience.audienceId };
    case 'replace': {
      const { audienceId, confirmSize } = audience;
      const confirmCurrentSize = await confirmedSize(api, destination, audienceId, confirmSize, confirm);
      return { action: 'replace', audienceId, confirmCurrentSize };
    }
  }
}

/**
 * The key is a digest of the request, which names the upload: a client that was stopped before the answer
 * came, and starts again with the remembered upload, gets the runs that it had started and no second ones.
 */
async function startRuns(
  api: ApiClient,
  request: ActivationRequest | ActivationsRequest,
): Promise<readonly Activation[]> {
  const key = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  for (let attempt = 0; ; attempt += 1) {
    try {
      const headers = { 'idempotency-key': key };
      if (!('destinations' in request)) {
        return [await api.post<Activation>('/v1/activations', request, headers)];
      }
      return (await api.post<{ data: Activation[] }>('/v1/activations', request, headers)).data;
    } catch (error) {
      const wait = START_RETRY_MILLISECONDS[attempt];
      const passes =
        error instanceof ApiUnreachable || (error instanceof ApiProblem && error.problem.status >= 500);
      if (!passes || wait === undefined) throw error;
      await delay(wait);
    }
  }
}
