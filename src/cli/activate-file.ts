import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { UrlStorage } from 'tus-js-client';
import type { Activation } from '../api/schemas/activation.js';
import type { ActivationRequest } from '../api/schemas/activation-request.js';
import type { ApiClient } from './api-client.js';
import { chooseDestination, type Destination } from './destination.js';
import { ApiProblem, ApiUnreachable } from './errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { followRun } from './follow-run.js';
import type { Output } from './output.js';
import { isOver, waitsForPerson } from './phases.js';
import { PROGRAM } from './program-name.js';
import { type Confirm, confirmedSize } from './replace-guard.js';
import { attentionOf, reportOfRun } from './report.js';
import { statusOfRun } from './run-status.js';
import { fileToSend, uploadFile } from './upload.js';

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
  /** Default: the connection's only advertiser. */
  readonly advertiser?: string | undefined;
  readonly columns?: ActivationRequest['columns'] | undefined;
  readonly normalization?: ActivationRequest['normalization'] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly uploads: UrlStorage;
  readonly confirm: Confirm;
}

export interface ActivateFileResult {
  readonly exitCode: ExitCode;
  /** As it was when this program stopped looking. */
  readonly activation: Activation;
}

/**
 * Uploads the file, starts the run and follows it to its end, or until it waits for a person.
 * Throws UsageError, ApiProblem and ApiUnreachable.
 */
export async function activateFile(
  options: ActivateFileOptions,
  output: Output,
): Promise<ActivateFileResult> {
  const { api, file } = options;
  await fileToSend(file);
  const destination = await chooseDestination(api, options);
  const audience = await audienceOf(options, destination);
  const upload = await uploadFile(api, file, options.uploads, output);
  const started = await startRun(api, {
    uploadId: upload.uploadId,
    ...destination,
    audience,
    ...(options.columns === undefined ? {} : { columns: options.columns }),
    ...(options.normalization === undefined ? {} : { normalization: options.normalization }),
    ...(options.dryRun === true ? { dryRun: true } : {}),
  });
  await upload.forget();
  output.say(`Run ${started.id} has started.`);
  return watchRun(api, started, output);
}

/** Shows a run until it is over, then its report; or until a person has to act, then what to do. */
export async function watchRun(
  api: ApiClient,
  started: Activation,
  output: Output,
): Promise<ActivateFileResult> {
  let run = started;
  const onAnswering = (answers: boolean): void =>
    output.say(
      answers
        ? 'The API answers again.'
        : 'The API does not answer; the run goes on without it. Waiting for the API …',
    );
  for await (const seen of followRun(api, started.id, { onAnswering })) {
    run = seen;
    if (waitsForPerson(run.phase)) break;
    if (!isOver(run.phase)) output.live(statusOfRun(run, new Date()));
  }
  if (waitsForPerson(run.phase)) {
    for (const line of waitingLines(run)) output.say(line);
    return { exitCode: EXIT.waitsForPerson, activation: run };
  }
  output.say();
  for (const line of reportOfRun(run)) output.say(line);
  return { exitCode: run.phase === 'completed' ? EXIT.completed : EXIT.failed, activation: run };
}

function waitingLines(run: Activation): string[] {
  const lines = attentionOf(run);
  if (run.phase === 'paused') lines.push(`Run ${run.id} is paused. Go on with: ${PROGRAM} resume ${run.id}`);
  else if (lines.length === 0) lines.push(`Run ${run.id} waits for a person: ${run.links.console}`);
  return [
    ...lines,
    `The run keeps what it has done and goes on then. See it with: ${PROGRAM} show ${run.id}`,
  ];
}

async function audienceOf(
  { api, file, audience, confirm }: ActivateFileOptions,
  destination: Destination,
): Promise<ActivationRequest['audience']> {
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
 * came, and starts again with the remembered upload, gets the run that it had started and not a second one.
 */
async function startRun(api: ApiClient, request: ActivationRequest): Promise<Activation> {
  const key = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await api.post<Activation>('/v1/activations', request, { 'idempotency-key': key });
    } catch (error) {
      const wait = START_RETRY_MILLISECONDS[attempt];
      const passes =
        error instanceof ApiUnreachable || (error instanceof ApiProblem && error.problem.status >= 500);
      if (!passes || wait === undefined) throw error;
      await delay(wait);
    }
  }
}
