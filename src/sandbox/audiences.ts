import type { Audience, Operation, State } from './state-schema.js';

/** What an audience is made of; the rest is the same for all new ones. */
type Beginning = Pick<Audience, 'name' | 'advertiserId' | 'type' | 'calculateType'> &
  Partial<Pick<Audience, 'subType' | 'retentionInDays' | 'enhancement' | 'lookalikeSpec' | 'matched'>>;

/** Adds an audience with the next id and nothing in it. */
export function addAudience(state: State, beginning: Beginning, now: number): Audience {
  const audience: Audience = {
    subType: 'NORMAL',
    retentionInDays: null,
    enhancement: false,
    lookalikeSpec: null,
    matched: 0,
    ...beginning,
    audienceId: String(state.nextAudienceId),
    createdAt: now,
    operations: [],
    renamedAt: [],
    members: 0,
    usable: false,
    errorMessage: null,
    usedBy: [],
    usageLog: [],
    lastUsedAt: null,
    sharedWith: [],
    expiredAt: null,
  };
  state.nextAudienceId += 1;
  state.audiences.push(audience);
  return audience;
}

/** Adds an operation, to be processed when it is due. */
export function addOperation(
  audience: Audience,
  action: Operation['action'],
  filePaths: readonly string[],
  now: number,
): void {
  audience.operations.push({
    action,
    filePaths: [...filePaths],
    state: 'processing',
    acceptedAt: now,
    matched: null,
    message: null,
  });
}

/** "400 audiences per advertiser." */
export const MOST_AUDIENCES = 400;

/** The audiences that the advertiser made. */
export function audiencesOf(state: State, advertiserId: string): Audience[] {
  return state.audiences.filter((audience) => audience.advertiserId === advertiserId);
}

/** The audiences that the advertiser sees: his own and those shared with him. */
export function audiencesSeenBy(state: State, advertiserId: string): Audience[] {
  return state.audiences.filter(
    (audience) => audience.advertiserId === advertiserId || audience.sharedWith.includes(advertiserId),
  );
}
