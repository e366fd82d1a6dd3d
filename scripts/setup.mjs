// Makes a fresh clone ready: dependencies, the Temporal CLI, the build. Every npm script runs it first, so it must cost
// next to nothing when all is there. Plain Node without dependencies, since it runs before there are any.
//
//   --quiet       for commands that are only a client: no Temporal tools, and silence when there is nothing to do
//   --for-tests   the time-skipping Temporal test server too

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Activate Audience needs Node 20.19 or newer; this is ${process.version} (${process.execPath}). Install a newer Node and run the command again.`,
  );
  process.exit(1);
}

const { setUp } = await import('./setup/set-up.mjs');
process.exitCode = await setUp(process.argv.slice(2));
