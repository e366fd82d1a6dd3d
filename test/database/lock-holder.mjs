// Takes a lock, says so, and keeps it: lock-holder.mjs DATABASE_URL NAME SILENT_MS
import { openSessionLocks } from '../../dist/database/session-locks.js';

const [url, name, silentMs] = process.argv.slice(2);
const locks = openSessionLocks(url, () => undefined, { silentMs: Number(silentMs) });
const held = await locks.tryLock(name);
process.stdout.write(held === null ? 'refused' : 'held');
setInterval(() => undefined, 1_000);
