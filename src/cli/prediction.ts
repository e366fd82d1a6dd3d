import type { Activation } from '../api/schemas/activation.js';
import { formatBytes, formatCount } from './quantities.js';
import { renderTable } from './table.js';

/** More would push the account of the rows off the screen. */
const MOST_FILES = 20;

/** What a dry run would have sent to TikTok. */
export function predictedFiles({ prediction }: Activation): string[] {
  if (prediction === null) return [];
  const { calculateType, files, rows, bytes, calls } = prediction;
  const left = files.length - MOST_FILES;
  return [
    '',
    ...renderTable(
      [
        { title: 'Would be uploaded', align: 'left' },
        { title: 'rows', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'type', align: 'left' },
      ],
      files
        .slice(0, MOST_FILES)
        .map((file) => [
          `  file of part ${file.part + 1}`,
          formatCount(file.rows),
          formatBytes(file.bytes),
          calculateType,
        ]),
    ),
    ...(left > 0 ? [`  and ${formatCount(left)} more`] : []),
    `In all ${formatCount(files.length)} file${files.length === 1 ? '' : 's'}, ${formatCount(rows)} rows and ${formatBytes(bytes)}, with about ${formatCount(calls)} calls of TikTok.`,
  ];
}
