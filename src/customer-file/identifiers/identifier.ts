export const IDENTIFIERS = ['email', 'phone', 'maid'] as const;

/** What a cell identifies a person by. `maid`: a mobile advertising id (Apple's IDFA, Google's GAID). */
export type Identifier = (typeof IDENTIFIERS)[number];
