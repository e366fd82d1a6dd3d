import type { ActivationRequest } from '../api/schemas/activation-request.js';
import { UsageError } from './errors.js';

type Columns = NonNullable<ActivationRequest['columns']>;

const FORM = 'HEADER=email, HEADER=phone, HEADER=phone:DE or HEADER=maid';

/** `--column HEADER=email|phone[:CC]|maid`, any number of times, as the request's `columns`. */
export function columnsOf(flags: readonly string[]): Columns | undefined {
  if (flags.length === 0) return undefined;
  const columns: Columns = {};
  for (const flag of flags) {
    // A header may hold an equals sign, what follows the last one may not.
    const equals = flag.lastIndexOf('=');
    const header = flag.slice(0, Math.max(0, equals));
    if (header === '') throw new UsageError(`--column ${flag}: write it as ${FORM}.`);
    if (Object.hasOwn(columns, header)) throw new UsageError(`--column names "${header}" twice.`);
    columns[header] = mappingOf(flag, flag.slice(equals + 1));
  }
  return columns;
}

function mappingOf(flag: string, text: string): Columns[string] {
  const [identifier, country, ...more] = text.split(':');
  if (more.length === 0) {
    if (identifier === 'phone' && country !== undefined && /^[a-z]{2}$/i.test(country)) {
      return { identifier, defaultCountry: country.toUpperCase() };
    }
    if (
      country === undefined &&
      (identifier === 'email' || identifier === 'phone' || identifier === 'maid')
    ) {
      return identifier;
    }
  }
  throw new UsageError(`--column ${flag}: write it as ${FORM}.`);
}
