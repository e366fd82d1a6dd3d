import { readdir, readFile } from 'node:fs/promises';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { RunHistory } from '../support/replay.js';

export const HISTORIES = new URL('./histories/', import.meta.url);

/** What tells of the machine or of the server, and what a replay does not look at. */
const LEFT_OUT = new Set([
  'taskId',
  'stackTrace',
  'workerVersion',
  'binaryChecksum',
  'requestId',
  'identity',
  'header',
  'kind',
  'meteringMetadata',
  'prevAutoResetPoints',
  'retryPolicy',
  'useWorkflowBuildId',
  'userMetadata',
]);

/** As it is committed: an event a line, without what tells of the machine it was recorded on. */
export function recorded(histories: readonly RunHistory[]): string {
  const runs = histories.map(({ workflowId, history }) => {
    const json: unknown = JSON.parse(asText(historyToJSON(history)), (key, value: unknown) => {
      if (LEFT_OUT.has(key)) return undefined;
      if (key === 'taskQueue' && isSticky(value)) return { name: value.normalName };
      return value;
    });
    const lines = eventsOf(json).map((event) => JSON.stringify(event));
    return `{"workflowId":"${workflowId}","history":{"events":[\n${lines.join(',\n')}\n]}}`;
  });
  return `[${runs.join(',')}]\n`;
}

export function parseRecorded(text: string): RunHistory[] {
  const runs: unknown = JSON.parse(text);
  if (!Array.isArray(runs)) throw new Error('a recorded history is a list of runs');
  return runs.map(({ workflowId, history }) => ({
    workflowId: String(workflowId),
    history: historyFromJSON(history),
  }));
}

/** All that are committed, by name. */
export async function recordedHistories(): Promise<Map<string, string>> {
  const files = (await readdir(HISTORIES)).filter((file) => file.endsWith('.json')).sort();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, HISTORIES), 'utf8')));
  return new Map(files.map((file, index) => [file.replace(/\.json$/, ''), texts[index] ?? '']));
}

function asText(json: unknown): string {
  return typeof json === 'string' ? json : JSON.stringify(json);
}

function isSticky(value: unknown): value is { normalName: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'normalName' in value &&
    typeof value.normalName === 'string' &&
    value.normalName !== ''
  );
}

function eventsOf(history: unknown): readonly unknown[] {
  if (typeof history === 'object' && history !== null && 'events' in history && Array.isArray(history.events))
    return history.events;
  throw new Error('a history without events');
}
