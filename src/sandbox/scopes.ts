import { LONG_SCOPE } from './invented.js';

/** The one developer app that the sandbox knows. */
export const APP = { id: '7000000000000000000', secret: 'sandbox-secret' } as const;

/** Permissions of the routes in use, by TikTok's numbers. */
export const SCOPES = {
  accountInformation: '10',
  readAudiences: '30',
  writeAudiences: '31',
  shareAudiences: '32',
} as const;

export type RequiredScope = (typeof SCOPES)[keyof typeof SCOPES];

/** What the app may ask for and a full consent grants. */
export const ALL_SCOPES: readonly string[] = [...Object.values(SCOPES), LONG_SCOPE];

/** The first-level permission that includes a second-level one: `3` includes 30 to 32, `1` includes 10. */
function firstLevelOf(scope: string): string | null {
  return scope.length === 2 ? scope.slice(0, 1) : null;
}

/** Whether these permissions include the required one; a first-level permission includes all below it. */
export function includesScope(granted: readonly string[], required: RequiredScope): boolean {
  return granted.some((scope) => scope === required || scope === firstLevelOf(required));
}

/** The permissions left after taking some away; taking a first-level one takes all below it. */
export function withoutScopes(granted: readonly string[], removed: readonly string[]): string[] {
  return granted.filter((scope) => {
    const firstLevel = firstLevelOf(scope);
    return !removed.includes(scope) && (firstLevel === null || !removed.includes(firstLevel));
  });
}
