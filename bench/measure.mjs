import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A second in /proc/stat. */
const TICKS = 100;

/**
 * Runs a command that ends with `reportUsage`: seconds from its start to its end, and what it reported, and
 * `othersSeconds`: the processor time that went to the rest of the machine meanwhile.
 */
export async function measure([program, ...args]) {
  const busyBefore = busySeconds();
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const ended = await new Promise((resolve, reject) => {
    child.on('error', reject);
    let seconds = Number.NaN;
    child.on('exit', () => {
      seconds = (performance.now() - start) / 1000;
    });
    child.on('close', (code, signal) => resolve({ code, signal, seconds }));
  });
  if (ended.code !== 0) {
    throw new Error(`${program} ${args[0]} ended with ${ended.signal ?? ended.code}: ${errors.slice(-2000)}`);
  }
  const busy = busySeconds() - busyBefore;
  const reported = JSON.parse(output.trim().split('\n').at(-1));
  return { ...reported, seconds: ended.seconds, othersSeconds: busy - reported.cpuSeconds };
}

/** Processor time that was not idle, with what a host took away: user, nice, system, interrupts, steal. Linux only. */
function busySeconds() {
  if (process.platform !== 'linux') return Number.NaN;
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
