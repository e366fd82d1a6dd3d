// Writes into a shared file when it starts and when it is asked to end: NAME JOURNAL [stubborn]
import { appendFileSync } from 'node:fs';

const [name, journal, stubborn] = process.argv.slice(2);
process.on('SIGTERM', () => {
  appendFileSync(journal, `${name} ended\n`);
  if (stubborn === undefined) process.exit(0);
});
process.stdout.write(`${name} to standard output\n`);
process.stderr.write(`${name} to standard error\n`);
appendFileSync(journal, `${name} started\n`);
setInterval(() => undefined, 60_000);
