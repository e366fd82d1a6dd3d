/** What a value of a file is. IDFA, GAID and "first" digests are one kind: digests of a mobile advertising id. */
export const IDENTIFIER_KINDS = ['email_sha256', 'phone_sha256', 'maid_sha256', 'maid_md5', 'maid'] as const;

export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** Of the upload; `create` knows no `MAID_*`. From the SDK's OpenAPI fragments. */
const UPLOAD_TYPES: ReadonlyMap<string, IdentifierKind | 'by_header'> = new Map([
  ['EMAIL_SHA256', 'email_sha256'],
  ['PHONE_SHA256', 'phone_sha256'],
  ['IDFA_SHA256', 'maid_sha256'],
  ['IDFA_MD5', 'maid_md5'],
  ['GAID_SHA256', 'maid_sha256'],
  ['GAID_MD5', 'maid_md5'],
  ['FIRST_SHA256', 'maid_sha256'],
  ['FIRST_MD5', 'maid_md5'],
  ['MAID_SHA256', 'maid_sha256'],
  ['MAID_MD5', 'maid_md5'],
  ['MULTIPLE_TYPES', 'by_header'],
]);

/** What the values of a file of this type are; undefined for a type that `file/upload` does not know. */
export function kindOfType(calculateType: string): IdentifierKind | 'by_header' | undefined {
  return UPLOAD_TYPES.get(calculateType);
}

/** Whether `create` knows the type. */
export function isAudienceType(calculateType: string): boolean {
  return UPLOAD_TYPES.has(calculateType) && !calculateType.startsWith('MAID_');
}

/** Whether a file of the one type may go into an audience of the other: `MAID_*` is another name for `FIRST_*`. */
export function sameType(one: string | undefined, other: string | null): boolean {
  return one?.replace(/^MAID_/, 'FIRST_') === other?.replace(/^MAID_/, 'FIRST_');
}

/** The headers of a MULTIPLE_TYPES file, in lower case: they are compared without regard to case. */
const HEADERS: ReadonlyMap<string, IdentifierKind> = new Map([
  ['maid', 'maid'],
  ['maid_sha256', 'maid_sha256'],
  ['maid_md5', 'maid_md5'],
  ['phone_sha256', 'phone_sha256'],
  ['email_sha256', 'email_sha256'],
]);

/** "A header may occur at most 3 times in one file." */
const MOST_OF_ONE_HEADER = 3;

/** The kinds of the columns, or what is wrong with the header line, in words that repeat nothing of it. */
export function parseHeader(line: string): readonly IdentifierKind[] | { readonly wrong: string } {
  const kinds: IdentifierKind[] = [];
  for (const [index, name] of line.split(',').entries()) {
    const kind = HEADERS.get(name.toLowerCase());
    if (kind === undefined) return { wrong: `column ${index + 1} has no supported header` };
    kinds.push(kind);
    if (kinds.filter((other) => other === kind).length > MOST_OF_ONE_HEADER) {
      return { wrong: `a header occurs more than ${MOST_OF_ONE_HEADER} times` };
    }
  }
  return kinds;
}
