/** What to execute: an executable file with its arguments, as another user where `user` is given. */
export interface Command {
  file: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  user?: UserIds;
}

export interface UserIds {
  uid: number;
  gid: number;
}

/** The identity options of `child_process` for a command: none where it runs as we do. */
export function asUser(user: UserIds | undefined): { uid?: number; gid?: number } {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid };
}
