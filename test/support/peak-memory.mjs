import { readFileSync } from 'node:fs';

/**
 * The most resident memory that this process has had, in bytes. On Linux not that of `getrusage`: there a process that is
 * started begins with the size of the one that started it.
 */
export function peakBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('/proc/self/status does not say VmHWM');
  return Number(kilobytes) * 1024;
}
