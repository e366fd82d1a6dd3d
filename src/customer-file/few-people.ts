/** TikTok makes an audience usable once it has matched so many users, and never matches all who are sent. */
export const SMALLEST_AUDIENCE = 1_000;

/** Something to know before TikTok finds it out. The work goes on. */
export interface FileWarning {
  readonly code: 'few_people';
  readonly title: string;
  readonly detail: string;
}

/** The warning for a list of so many different people; null for one that is large enough. */
export function fewPeople(people: number): FileWarning | null {
  if (people >= SMALLEST_AUDIENCE) return null;
  return {
    code: 'few_people',
    title: 'Fewer than 1,000 different people',
    detail:
      `The list comes to about ${people.toLocaleString('en')}, and TikTok must match 1,000 of them before an audience can be used. ` +
      'Nothing stops the run; an audience made of this list alone will be too small. Add customers, map further columns ' +
      'with identifiers, or append the list to a larger audience.',
  };
}
