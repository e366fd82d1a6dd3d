import { createHash } from 'node:crypto';
import { IDENTIFIER_KINDS, type IdentifierKind } from './calculate-type.js';
import { IdentifierSet, KEY_WORDS } from './identifier-set.js';
import { PEOPLE_COUNT, type Person, person } from './people.js';
import type { Settings } from './settings.js';

/** Distinct identifiers, by kind. */
export type Members = Readonly<Record<IdentifierKind, IdentifierSet>>;

export function noMembers(): Members {
  return {
    email_sha256: new IdentifierSet(),
    phone_sha256: new IdentifierSet(),
    maid_sha256: new IdentifierSet(),
    maid_md5: new IdentifierSet(),
    maid: new IdentifierSet(),
  };
}

export function countMembers(members: Members): number {
  return IDENTIFIER_KINDS.reduce((sum, kind) => sum + members[kind].size, 0);
}

/** Under which spellings the people are known. */
type Spellings = Pick<Settings, 'population' | 'phones'>;

interface Known {
  readonly kind: IdentifierKind;
  readonly key: Uint32Array;
}

interface KnownPerson {
  /** Nobody else's. */
  readonly own: readonly Known[];
  /** Spellings of a number that someone else can have too. */
  readonly phones: readonly Known[];
  readonly phone: string;
}

function keyOfHex(hex: string): Uint32Array {
  return Uint32Array.from({ length: KEY_WORDS }, (_, word) =>
    Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16),
  );
}

function digest(algorithm: 'sha256' | 'md5', value: string): Uint32Array {
  return keyOfHex(createHash(algorithm).update(value).digest('hex'));
}

function emailsOf(human: Person, profile: Settings['population']): readonly string[] {
  switch (profile) {
    case 'brief-2024':
      return [human.emailWithoutDots];
    case 'tiktok-2025-09':
      return [human.email];
    case 'both':
      return [human.emailWithoutDots, human.email];
  }
}

function phonesOf({ phone }: Person, spelling: Settings['phones']): readonly string[] {
  switch (spelling) {
    case 'with-plus':
      return [phone];
    case 'without-plus':
      return [phone.slice(1)];
    case 'both':
      return [phone, phone.slice(1)];
  }
}

function makePopulation({ population, phones }: Spellings): readonly KnownPerson[] {
  return Array.from({ length: PEOPLE_COUNT }, (_, n) => {
    const human = person(n);
    const hashed = (kind: IdentifierKind) => (value: string) => ({ kind, key: digest('sha256', value) });
    return {
      own: [
        ...emailsOf(human, population).map(hashed('email_sha256')),
        hashed('maid_sha256')(human.maid),
        { kind: 'maid_md5', key: digest('md5', human.maid) },
        { kind: 'maid', key: keyOfHex(human.maid.replaceAll('-', '')) },
      ],
      phones: phonesOf(human, phones).map(hashed('phone_sha256')),
      phone: human.phone,
    };
  });
}

const populations = new Map<string, readonly KnownPerson[]>();

function populationOf(spellings: Spellings): readonly KnownPerson[] {
  const name = `${spellings.population} ${spellings.phones}`;
  const known = populations.get(name) ?? makePopulation(spellings);
  populations.set(name, known);
  return known;
}

/** Finds known people among the members of an audience, which may come in several shares. */
export class KnownPeople {
  readonly #people: readonly KnownPerson[];
  readonly #foundByOwn = new Set<KnownPerson>();
  readonly #foundByPhone = new Set<KnownPerson>();

  constructor(spellings: Spellings) {
    this.#people = populationOf(spellings);
  }

  /** Looks for everyone in one share of the members. */
  find(members: Members): void {
    const isMember = ({ kind, key }: Known) => members[kind].has(key, 0);
    for (const human of this.#people) {
      if (human.own.some(isMember)) this.#foundByOwn.add(human);
      if (human.phones.some(isMember)) this.#foundByPhone.add(human);
    }
  }

  /**
   * How many people were found. One found by several identifiers counts once; a phone number that two people share
   * stands for one of them, and for none when either is found otherwise.
   */
  matched(): number {
    const numbers = new Map<string, boolean>();
    for (const human of this.#foundByPhone) {
      const otherwise = this.#foundByOwn.has(human) || numbers.get(human.phone) === true;
      numbers.set(human.phone, otherwise);
    }
    const byNumberOnly = [...numbers.values()].filter((otherwise) => !otherwise).length;
    return this.#foundByOwn.size + byNumberOnly;
  }
}
