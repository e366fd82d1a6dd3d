import { chooseColumns, chooseInclude } from '../../src/customer-file/choose-columns.js';
import { chooseLayout } from '../../src/customer-file/choose-layout.js';
import {
  NORMALIZATION_PROFILES,
  type NormalizationProfile,
} from '../../src/customer-file/identifiers/profiles.js';
import { columnForms, type Inspection } from '../../src/customer-file/inspection.js';
import { CALCULATE_TYPES } from '../../src/customer-file/output-layout.js';
import { decodeText } from '../../src/customer-file/parse-records.js';
import {
  ENGINE_VERSION,
  type IdentifierColumn,
  type IncludeFilter,
  type Plan,
} from '../../src/customer-file/plan.js';
import type { Chance } from './chance.js';

export interface RandomWishes {
  readonly normalization: NormalizationProfile;
  readonly partBytes: number;
}

export interface InspectedUpload {
  readonly inspection: Inspection;
  readonly plan: Plan;
  /** Columns and layout are those that the inspection was made with. */
  readonly asProposed: boolean;
}

export function randomWishes(chance: Chance): RandomWishes {
  return {
    normalization: NORMALIZATION_PROFILES[chance.below(NORMALIZATION_PROFILES.length)] ?? 'brief-2024',
    partBytes: chance.pick([50_000_000, 40_000, chance.between(300, 8_000), chance.once(5) ? 1 : 900]),
  };
}

/** A plan as somebody may ask for: as proposed, or any columns as anything; for a new audience or for one that exists. */
export async function randomPlan(
  chance: Chance,
  wishes: RandomWishes,
  inspection: Inspection,
  text: Buffer,
): Promise<InspectedUpload> {
  const proposed = inspection.chosen.length > 0 && !chance.once(3);
  const columns = chooseColumns(inspection, proposed ? undefined : randomRequest(chance, inspection));
  const target = chance.once(6) ? (CALCULATE_TYPES[chance.below(CALCULATE_TYPES.length)] ?? null) : null;
  const include = chance.once(4) ? randomInclude(chance, inspection, text) : [];
  return {
    inspection,
    asProposed: proposed && target === null,
    plan: {
      engine: ENGINE_VERSION,
      dialect: inspection.dialect,
      columns,
      normalization: wishes.normalization,
      layout: chooseLayout(columns, columnForms(inspection, columns), target),
      include,
      partBytes: wishes.partBytes,
    },
  };
}

function randomRequest(chance: Chance, { columns }: Inspection) {
  const wanted = chance.shuffled(columns).slice(0, chance.between(1, 4));
  return Object.fromEntries(
    wanted.map(({ index }) => {
      const identifier = chance.pick([
        'email',
        'phone',
        'maid',
      ] as const satisfies IdentifierColumn['identifier'][]);
      const country = chance.pick([undefined, 'US', 'CA', 'DE', 'GB', 'IT', 'JP']);
      const wish = identifier === 'phone' ? { identifier, defaultCountry: country } : identifier;
      return [String(index), wish] as const;
    }),
  );
}

/** A filter on any column, by values that occur in it and some that need not. */
function randomInclude(chance: Chance, inspection: Inspection, text: Buffer): IncludeFilter[] {
  const { dialect, columns } = inspection;
  const column = String(chance.below(columns.length + 1));
  const head = text.subarray(dialect.firstRowOffset, dialect.firstRowOffset + 3_000);
  const cells = decodeText(head, dialect.encoding).split(/[,;|\t\r\n]+/);
  const values = [chance.pick(['yes', 'true', '', 'k']), ...chance.shuffled(cells).slice(0, 4)];
  return chooseInclude(inspection, [{ column, values }]);
}
