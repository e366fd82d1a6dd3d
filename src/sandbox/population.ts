import { createHash } from 'node:crypto';
import { IDENTIFIER_KINDS, type IdentifierKind } from './calculate-type.js';
import { IdentifierSet, KEY_WORDS } from './identifier-set.js';
import { PEOPLE_COUNT, type Person, person } from './people.js';
import type { Settings } from './settings.js';

/** The distinct identifiers of an audience, by kind. */
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

type Key = Uint32Array;

interface KnownPerson {
  readonly emails: readonly Key[];
  readonly phone: Key;
  readonly devices: readonly { readonly kind: IdentifierKind; readonly key: Key }[];
}

function keyOfHex(hex: string): Key {
  return Uint32Array.from({ length: KEY_WORDS }, (_, word) =>
    Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16),
  );
}

function digest(algorithm: 'sha256' | 'md5', value: string): Key {
  return keyOfHex(createHash(algorithm).update(value).digest('hex'));
}

function knownEmails(human: Person, profile: Settings['population']): readonly string[] {
  switch (profile) {
    case 'brief-2024':
      return [human.emailWithoutDots];
    case 'tiktok-2025-09':
      return [human.email];
    case 'both':
      return [human.emailWithoutDots, human.email];
  }
}

function makePopulation(profile: Settings['population']): readonly KnownPerson[] {
  return Array.from({ length: PEOPLE_COUNT }, (_, n) => {
    const human = person(n);
    return {
      emails: knownEmails(human, profile).map((email) => digest('sha256', email)),
      phone: digest('sha256', human.phone),
      devices: [
        { kind: 'maid_sha256', key: digest('sha256', human.maid) },
        { kind: 'maid_md5', key: digest('md5', human.maid) },
        { kind: 'maid', key: keyOfHex(human.maid.replaceAll('-', '')) },
      ],
    };
  });
}

const populations = new Map<Settings['population'], readonly KnownPerson[]>();

function population(profile: Settings['population']): readonly KnownPerson[] {
  const known = populations.get(profile) ?? makePopulation(profile);
  populations.set(profile, known);
  return known;
}

/**
 * How many known people the members stand for. A person found by several identifiers counts once; a phone number that
 * two people share stands for one of them, and for none when either is found otherwise.
 */
export function matchedPeople(members: Members, profile: Settings['population']): number {
  let found = 0;
  const sharers = new Map<string, boolean>();
  for (const { emails, phone, devices } of population(profile)) {
    const bySelf =
      emails.some((key) => members.email_sha256.has(key, 0)) ||
      devices.some(({ kind, key }) => members[kind].has(key, 0));
    if (bySelf) found += 1;
    if (members.phone_sha256.has(phone, 0)) {
      const number = phone.join();
      sharers.set(number, bySelf || sharers.get(number) === true);
    }
  }
  for (const otherwiseFound of sharers.values()) {
    if (!otherwiseFound) found += 1;
  }
  return found;
}
