import { createServer } from 'node:http';

/**
 * Stands in for a program of the stack: answers 200 on a port, tells its environment, writes what a logger writes, ends
 * on SIGTERM and when the supervisor is gone.
 */
export function listen(port) {
  createServer((request, response) => {
    response.end(request.url === '/environment' ? JSON.stringify(process.env) : 'well');
  }).listen(Number(port), '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ level: 30, msg: 'listens' })}\n`);
    process.stdout.write(`${JSON.stringify({ level: 40, msg: 'something is odd' })}\n`);
  });
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
}
