import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inProject } from './files.mjs';

const LOCK = inProject('.tools', 'setup.lock');

/** Beyond this the process of that number is another one by now. */
const OLDEST_MS = 30 * 60_000;

/** Two commands started at once set up one after the other; the second then finds all done. */
export async function whileOthersWait(say, work) {
  mkdirSync(dirname(LOCK), { recursive: true });
  let said = false;
  while (!take()) {
    const holder = holderOf();
    if (holder === undefined) continue;
    if (!said) say(`waiting for another set-up (process ${holder}) to finish …`);
    said = true;
    await delay(100);
  }
  const release = () => rmSync(LOCK, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take() {
  // Linked rather than created, so that the file is never seen without its number.
  const own = `${LOCK}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** The process that holds the lock; a lock whose process is gone is taken away. */
function holderOf() {
  try {
    const holder = Number(readFileSync(LOCK, 'utf8'));
    if (isAlive(holder) && Date.now() - statSync(LOCK).mtimeMs < OLDEST_MS) return holder;
    const stale = `${LOCK}.stale.${process.pid}`;
    renameSync(LOCK, stale);
    // Someone else may have replaced the stale lock between the look and the move: theirs goes back.
    if (Number(readFileSync(stale, 'utf8')) !== holder) renameSync(stale, LOCK);
    else rmSync(stale, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
