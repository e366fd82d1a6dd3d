import { buildSteps } from './build.mjs';
import { dependencySteps } from './dependencies.mjs';
import { whileOthersWait } from './lock.mjs';
import { createSpeaker, SetUpProblem, seconds } from './speaking.mjs';
import { toolSteps } from './tools.mjs';

const FLAGS = ['--quiet', '--for-tests'];

/**
 * A step: `isDone()` is cheap and true when nothing must be done; `make(say)` does it.
 * @typedef {{ name: string, isDone: () => boolean, make: (say: (line: string) => void) => void | Promise<void> }} Step
 */

/** @returns {Promise<number>} the exit code */
export async function setUp(args) {
  const unknown = args.filter((arg) => !FLAGS.includes(arg));
  if (unknown.length > 0) {
    console.error(`Set-up does not know ${unknown.join(', ')}; it knows ${FLAGS.join(' and ')}.`);
    return 2;
  }
  const quiet = args.includes('--quiet');
  const say = createSpeaker(quiet);
  const started = performance.now();
  try {
    /** @type {Step[]} */
    const steps = [
      ...dependencySteps(),
      ...(quiet ? [] : toolSteps(args.includes('--for-tests'))),
      ...buildSteps(),
    ];
    if (steps.every((step) => step.isDone())) {
      if (!quiet) say(`all there (${seconds(started)}).`);
      return 0;
    }
    await whileOthersWait(say, async () => {
      for (const step of steps) {
        // Another set-up may have done it while this one waited.
        if (!step.isDone()) await take(step, say);
      }
    });
    say(`ready after ${seconds(started)}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof SetUpProblem)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function take(step, say) {
  say(`${step.name} …`);
  const started = performance.now();
  await step.make(say);
  say(`${step.name}: done in ${seconds(started)}.`);
}
