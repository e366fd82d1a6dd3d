/**
 * Starts a program of the stack with each address replaced by the near end of a line that the story can cut.
 * The story's directory of lines is asked, so that a program that is started again gets the same lines.
 */
export async function startBehindLines(program, module) {
  const question = new URLSearchParams(
    ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TIKTOK_API_URL']
      .filter((name) => process.env[name] !== undefined)
      .map((name) => [name, process.env[name]]),
  );
  const answer = await fetch(`${process.env.LINES_DIRECTORY}/${program}?${question}`);
  Object.assign(process.env, await answer.json());
  process.argv[1] = module;
  await import(module);
}
