import { join } from 'node:path';
import { followClock } from './wrong-clock.mjs';

/**
 * Starts a program of the stack so that a story can put its clock wrong, and with each address replaced by the near end
 * of a line that the story can cut. The story's directory of lines is asked, so that a program that is started again
 * gets the same lines.
 */
export async function startDisturbable(program, module) {
  followClock(join(process.env.CLOCKS_FOLDER, program));
  const question = new URLSearchParams(
    process.env.LINES_BEFORE.split(',')
      .filter((name) => process.env[name] !== undefined)
      .map((name) => [name, process.env[name]]),
  );
  const answer = await fetch(`${process.env.LINES_DIRECTORY}/${program}?${question}`);
  Object.assign(process.env, await answer.json());
  process.argv[1] = module;
  await import(module);
}
