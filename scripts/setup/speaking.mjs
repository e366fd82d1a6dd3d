/** A problem that a person can solve: its message is the whole of what is shown. */
export class SetUpProblem extends Error {}

/** Client commands keep standard output for their own result. */
export function createSpeaker(quiet) {
  return (line) => (quiet ? process.stderr : process.stdout).write(`Set-up: ${line}\n`);
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
