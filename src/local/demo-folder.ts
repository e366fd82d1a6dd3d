import { clearDeadFolders, makeThrowAwayFolder, removeThrowAwayFolder } from './throw-away-folder.js';

/** A new folder for one demo, which removes it at its end. */
export function demoFolder(): string {
  return makeThrowAwayFolder('demo');
}

/** Removes the folder of a demo whose processes have ended, with what lies elsewhere for it. */
export function removeDemoFolder(folder: string): void {
  removeThrowAwayFolder(folder);
}

/** Ends and removes what demos have left behind that were killed. One that runs is left alone. */
export function clearDeadDemos(): Promise<void> {
  return clearDeadFolders('demo');
}

/** Variables that would make the demo work on something that is not its own. */
const FOREIGN =
  /^(DATABASE_URL|STORAGE_URL|PUBLIC_URL|HOST|PORT|API_KEYS|ENCRYPTION_KEY.*|DATA_DIR|SANDBOX_DIR|TIKTOK_.*|TEMPORAL_(?!CLI_PATH$).*)$/;

/** The environment without what points at other servers or data: the demo brings its own of everything. */
export function demoEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !FOREIGN.test(name)));
}
