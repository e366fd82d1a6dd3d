import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { afterAll } from 'vitest';
import { findTemporalCli } from '../../src/local/find-tools.js';
import type { TestTemporal } from '../support/temporal.js';

/** What somebody may send along with a signal. */
export interface Argument {
  readonly words: string;
  /** Null: none at all. */
  readonly content: string | null;
  /** JSON where it is not given; empty: not even that is said. */
  readonly encoding?: string;
}

/** Sends a signal to a run. */
export type SendSignal = (workflowId: string, name: string, argument: Argument) => Promise<void>;

export const NO_ARGUMENT: Argument = { words: 'nothing', content: null };

/** None of them means anything, and each must do as well as none. */
export const ARGUMENTS: readonly Argument[] = [
  NO_ARGUMENT,
  { words: 'null', content: 'null' },
  { words: 'a number', content: '7' },
  { words: 'an object of another shape', content: '{"question":{"code":["?"]},"paused":"no"}' },
  { words: 'a text of 200 kB', content: JSON.stringify('x'.repeat(200_000)) },
  { words: 'bytes', content: '\u0000\uFFFD{', encoding: 'binary/plain' },
  { words: 'an encoding of other programs', content: '{}', encoding: 'json/protobuf' },
  { words: 'an encoding that nobody knows', content: 'x', encoding: 'binary/encrypted' },
  { words: 'no encoding', content: 'x', encoding: '' },
];

/** The Temporal CLI refuses to send it. */
export const BROKEN_JSON: Argument = { words: 'broken JSON', content: '{"question":' };

/** As any client of Temporal can, without a look at what it sends. */
export function sendByApi({ workflowService }: Client, namespace: string): SendSignal {
  return async (workflowId, signalName, { content, encoding = 'json/plain' }) => {
    const metadata = encoding === '' ? {} : { encoding: Buffer.from(encoding) };
    await workflowService.signalWorkflowExecution({
      namespace,
      workflowExecution: { workflowId },
      signalName,
      ...(content === null ? {} : { input: { payloads: [{ metadata, data: Buffer.from(content) }] } }),
    });
  };
}

/** As a person does in a terminal. Fails with the words of the Temporal CLI. Call it at the top of a file. */
export function sendByTerminal({ address, namespace }: TestTemporal): SendSignal {
  const folder = mkdtempSync(join(tmpdir(), 'signal-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return async (workflowId, name, { content, encoding }) => {
    const to = ['--address', address, '--namespace', namespace, '--workflow-id', workflowId, '--name', name];
    const meta = encoding === undefined ? [] : ['--input-meta', `encoding=${encoding}`];
    await promisify(execFile)(findTemporalCli(process.env), [
      'workflow',
      'signal',
      ...to,
      ...(content === null ? [] : [...input(content, folder), ...meta]),
    ]);
  };
}

/** Linux passes no longer argument to a program than 128 kB. Signals are sent side by side: each has a file of its own. */
function input(content: string, folder: string): string[] {
  if (content.length < 100_000 && !content.includes('\0')) return ['--input', content];
  const file = join(mkdtempSync(join(folder, 'input-')), 'content');
  writeFileSync(file, content);
  return ['--input-file', file];
}
