import type { ColumnStatistics } from './column-statistics.js';
import { isAboutSomethingElse, recogniseHeader } from './identifiers/headers.js';
import { IDENTIFIERS, type Identifier } from './identifiers/identifier.js';
import type { Certainty, ColumnProposal } from './inspection.js';

export interface ProposalInput {
  /** Null without a header line, or where its text may be somebody's data. */
  readonly header: string | null;
  readonly statistics: ColumnStatistics;
}

const WORDS: Readonly<Record<Identifier, string>> = {
  email: 'e-mail addresses',
  phone: 'phone numbers',
  maid: 'mobile advertising ids',
};

/** From this share of a column's filled cells on, the values are what the column is for. */
const ENOUGH = 0.5;

/**
 * What each column of a file is proposed to be sent as. `complete`: the statistics are of the whole file. A column
 * that only its values speak for is doubtful beside one of the same identifier that the header names too: it may be
 * the address of a sales person or of a friend.
 */
export function proposeIdentifiers(
  columns: readonly ProposalInput[],
  complete: boolean,
): (ColumnProposal | null)[] {
  const proposals = columns.map((column) => propose(column, complete, columns.length === 1));
  return proposals.map((proposal) => {
    if (proposal === null || proposal.certainty !== 'likely') return proposal;
    const rival = proposals.some(
      (other) => other?.identifier === proposal.identifier && other.certainty === 'certain',
    );
    return rival
      ? { ...proposal, certainty: 'doubtful', reason: `${proposal.reason} Another column is named for them.` }
      : proposal;
  });
}

function propose(column: ProposalInput, complete: boolean, alone: boolean): ColumnProposal | null {
  const named = column.header === null ? null : recogniseHeader(column.header);
  if (named?.exact === true) return fromHeader(named.identifier, column.statistics, complete);
  if (column.statistics.filled === 0) return null;
  const byValues = fromValues(column, alone);
  if (byValues !== null) return byValues;
  return named === null || named.aside ? null : fromTellingWord(named.identifier, column.statistics);
}

function fromHeader(
  identifier: Identifier,
  statistics: ColumnStatistics,
  complete: boolean,
): ColumnProposal | null {
  const { filled } = statistics;
  const header = `The header says ${WORDS[identifier]}`;
  if (filled === 0) {
    return complete
      ? null
      : proposal(identifier, 'likely', `${header}; the rows looked at have nothing in this column.`);
  }
  const usable = usableCells(identifier, statistics);
  const share = `${usable} of ${filled} values looked at can be used`;
  if (usable >= filled * ENOUGH) return proposal(identifier, 'certain', `${header}, and ${share}.`);
  return proposal(
    identifier,
    'doubtful',
    `${header}, but only ${share}.${likelyCause(identifier, statistics)}`,
  );
}

/** The header holds a telling word beside others, such as `Customer phone (private)`. */
function fromTellingWord(identifier: Identifier, statistics: ColumnStatistics): ColumnProposal | null {
  const { filled } = statistics;
  const usable = usableCells(identifier, statistics);
  const similar =
    identifier === 'phone' ? statistics.kinds.national_phone + statistics.kinds.damaged_phone : 0;
  const text = `The header speaks of ${WORDS[identifier]}, and ${usable} of ${filled} values looked at can be used.`;
  if (usable >= filled * ENOUGH) return proposal(identifier, 'likely', text);
  return usable + similar >= filled * ENOUGH
    ? proposal(identifier, 'doubtful', `${text}${likelyCause(identifier, statistics)}`)
    : null;
}

function fromValues({ header, statistics }: ProposalInput, alone: boolean): ColumnProposal | null {
  const { kinds, filled } = statistics;
  const elsewhere = header !== null && isAboutSomethingElse(header);
  const sure = (certainty: Certainty): Certainty => (elsewhere ? 'doubtful' : certainty);
  const hashed = kinds.sha256 === 0 ? '' : `, ${kinds.sha256} more are SHA-256 hashes`;
  const ofThem = (count: number, what: string): string =>
    `${count} of ${filled} values looked at are ${what}${hashed}.`;
  const enough = (count: number): boolean => count > 0 && count + kinds.sha256 >= filled * ENOUGH;

  if (enough(kinds.email)) {
    const plainOnly = header === null && kinds.email >= filled * 0.9;
    return proposal('email', sure(plainOnly ? 'certain' : 'likely'), ofThem(kinds.email, WORDS.email));
  }
  if (enough(kinds.international_phone)) {
    return proposal(
      'phone',
      sure('likely'),
      ofThem(kinds.international_phone, 'phone numbers with their country code'),
    );
  }
  if (enough(kinds.maid)) {
    const reason = `${ofThem(kinds.maid, 'written like mobile advertising ids')} Other ids are written like that too.`;
    return proposal('maid', sure(alone ? 'likely' : 'doubtful'), reason);
  }
  if (kinds.sha256 >= filled * ENOUGH) {
    const reason = `${kinds.sha256} of ${filled} values looked at are SHA-256 hashes, and nothing says of what.`;
    return proposal('email', 'doubtful', reason);
  }
  const numbers = kinds.bare_phone + kinds.national_phone;
  if (alone && header === null && numbers >= filled * ENOUGH) {
    const reason = `${numbers} of ${filled} values looked at may be phone numbers, written without + and country code.`;
    return proposal('phone', 'doubtful', reason);
  }
  return null;
}

function usableCells(identifier: Identifier, { kinds }: ColumnStatistics): number {
  switch (identifier) {
    case 'email':
      return kinds.email + kinds.sha256;
    case 'phone':
      return kinds.international_phone + kinds.bare_phone + kinds.sha256;
    case 'maid':
      return kinds.maid + kinds.sha256 + kinds.md5;
  }
}

function likelyCause(identifier: Identifier, { kinds, filled }: ColumnStatistics): string {
  if (identifier === 'phone' && kinds.national_phone * 3 >= filled) {
    return ' Many have no country code: choose a default country for the column.';
  }
  if (identifier === 'phone' && kinds.damaged_phone * 3 >= filled) {
    return ' A spreadsheet shortened many of them: export the file again with the column formatted as text.';
  }
  if (identifier !== 'maid' && (kinds.md5 + kinds.other_hash) * 3 >= filled) {
    return ' Many are hashed in another way than SHA-256, which TikTok does not take.';
  }
  const other = IDENTIFIERS.find(
    (candidate) =>
      candidate !== identifier && usableCells(candidate, { kinds, filled }) > kinds.sha256 + filled * 0.3,
  );
  return other === undefined
    ? ' The others are something else.'
    : ` The column seems to hold ${WORDS[other]}.`;
}

function proposal(identifier: Identifier, certainty: Certainty, reason: string): ColumnProposal {
  return { identifier, certainty, reason };
}
