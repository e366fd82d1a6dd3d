import { readFileSync } from 'node:fs';

/**
 * Ends a candidate: one line of JSON with what it found, the processor time it took and the most memory its
 * process had (Linux only; null elsewhere).
 */
export function reportUsage(found = {}) {
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  process.stdout.write(`${JSON.stringify({ cpuSeconds, peakBytes: peakBytes(), ...found })}\n`);
}

/** The most resident memory since the process began, or since `forgetPeak`. */
export function peakBytes() {
  return statusBytes('VmHWM');
}

export function residentBytes() {
  return statusBytes('VmRSS');
}

function statusBytes(field) {
  if (process.platform !== 'linux') return null;
  const kilobytes = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
