import { columnCounts, columnForm, columnStatistics } from './column-statistics.js';
import { consentColumn } from './consent-column.js';
import { spaced } from './identifiers/headers.js';
import { looksLikeValue } from './identifiers/looks-like-value.js';
import type { InspectedColumn } from './inspection.js';
import { proposeIdentifiers } from './propose-identifiers.js';

/**
 * The columns of a sample, each with what it is proposed to be; without samples and problems, which depend on what is
 * chosen. There are as many as the header or the longest row has. `header`: null when the file has none.
 */
export function describeColumns(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  complete: boolean,
): InspectedColumn[] {
  const count = rows.reduce((most, row) => Math.max(most, row.length), header?.length ?? 0);
  const inputs = Array.from({ length: count }, (_, index) => ({
    header: safeHeader(header?.[index]),
    statistics: columnStatistics(rows, index),
  }));
  const proposals = proposeIdentifiers(inputs, complete);
  return inputs.map((input, index) => {
    const counts = columnCounts(input.statistics);
    return {
      index,
      name: input.header ?? `column ${index + 1}`,
      header: input.header,
      proposal: proposals[index] ?? null,
      form: columnForm(counts),
      counts,
      consent: consentColumn(input.header === null ? null : spaced(input.header), rows, index),
      samples: [],
      problems: {},
    };
  });
}

function safeHeader(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' || looksLikeValue(trimmed) ? null : trimmed;
}
