/** A permission of TikTok's list that the authorization lacks. */
export interface MissingScope {
  readonly id: string;
  readonly name: string;
}

/** "Audience Management (first level)": a first-level permission implies everything under it. */
const AUDIENCE_MANAGEMENT = '3';

const NEEDED: readonly MissingScope[] = [
  { id: '30', name: 'Read Custom Audiences' },
  { id: '31', name: 'Create and Update Custom Audiences' },
];

/** What an authorization lacks of the permissions that every activation needs; empty when it has all. */
export function missingScopes(granted: readonly string[]): readonly MissingScope[] {
  if (granted.includes(AUDIENCE_MANAGEMENT)) return [];
  return NEEDED.filter(({ id }) => !granted.includes(id));
}
