import { linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  processIdentitySchema,
} from './process-identity.js';
import { readJson, writeWholeJson } from './whole-file.js';

/** Another supervisor works on the folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
  readonly holder: ProcessIdentity;

  constructor(folder: string, holder: ProcessIdentity) {
    super(`Activate Audience already runs on ${folder} (process ${holder.pid}).`);
    this.holder = holder;
  }
}

/** It is there while a folder is claimed, and after a supervisor that was killed. */
export const claimFile = (folder: string) => join(folder, 'supervisor.json');

/** The supervisor that works on a folder now; undefined when the folder is free, or its supervisor is dead. */
export function holderOfDataFolder(folder: string): ProcessIdentity | undefined {
  const holder = readJson(claimFile(folder), processIdentitySchema);
  return holder !== undefined && isRunning(holder) ? holder : undefined;
}

/**
 * Makes this process the only supervisor of a folder.
 * @returns how to give the folder free
 * @throws {DataFolderInUse}
 */
export function claimDataFolder(folder: string): () => void {
  const claim = claimFile(folder);
  const own = `${claim}.${process.pid}.own`;
  writeWholeJson(own, identifyProcess(process.pid));
  try {
    // A link fails when the name exists, and what it names is whole: two starts at once cannot both succeed.
    while (!linked(own, claim)) removeDeadClaim(folder, claim);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(claim, { force: true });
}

function linked(own: string, claim: string): boolean {
  try {
    linkSync(own, claim);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function removeDeadClaim(folder: string, claim: string): void {
  const holder = holderOfDataFolder(folder);
  if (holder !== undefined) throw new DataFolderInUse(folder, holder);
  const dead = `${claim}.${process.pid}.dead`;
  try {
    renameSync(claim, dead);
  } catch {
    return;
  }
  // Someone may have claimed the folder between the look and the move: theirs goes back.
  const moved = readJson(dead, processIdentitySchema);
  if (moved !== undefined && isRunning(moved)) renameSync(dead, claim);
  else rmSync(dead, { force: true });
}
