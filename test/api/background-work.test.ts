import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createBackgroundTasks } from '../../src/api/background-work.js';
import { capturingLogger } from './support/running-api.js';

it('work in the background is waited for, also when it begins more of it or fails', async () => {
  const { logger, lines } = capturingLogger();
  const tasks = createBackgroundTasks(logger);
  const done: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  tasks.begin('the first', async () => {
    await held;
    done.push('first');
    tasks.begin('the second', async () => {
      await setImmediate();
      done.push('second');
    });
  });
  tasks.begin('the third', () => {
    throw new Error('it was not possible');
  });
  const settled = tasks.settled().then(() => done.push('settled'));
  await setImmediate();
  expect(done).toEqual([]);
  release();
  await settled;
  expect(done).toEqual(['first', 'second', 'settled']);
  expect(lines).toEqual([expect.stringContaining('the third failed')]);
});
