import { columnCounts, columnForm, columnStatistics } from './column-statistics.js';
import { consentColumn } from './consent-column.js';
import { spaced } from './identifiers/headers.js';
import { looksLikeValue } from './identifiers/looks-like-value.js';
import type { InspectedColumn } from './inspection.js';
import { proposeIdentifiers } from './propose-identifiers.js';

/**
 * The columns of a sample, each with what it is proposed to be; without samples and problems, which depend on what is
 * chosen. `header`: null when the file has none. `cells`: by column, of `rows` rows.
 */
export function describeColumns(
  header: readonly string[] | null,
  cells: readonly (readonly string[])[],
  rows: number,
  complete: boolean,
): InspectedColumn[] {
  const inputs = cells.map((ofColumn, index) => ({
    header: safeHeader(header?.[index]),
    statistics: columnStatistics(ofColumn, rows),
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
      consent: consentColumn(input.header === null ? null : spaced(input.header), cells[index] ?? []),
      samples: [],
      problems: {},
    };
  });
}

function safeHeader(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' || looksLikeValue(trimmed) ? null : trimmed;
}
