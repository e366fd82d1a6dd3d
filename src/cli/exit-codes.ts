/** What the process answers to the shell that started it. */
export const EXIT = {
  completed: 0,
  /** The run failed or was cancelled, or the API could not be reached. */
  failed: 1,
  badUsage: 2,
  /** The run goes on as soon as a person has done something: sign in again, approve, resume. */
  waitsForPerson: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
