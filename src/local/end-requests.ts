const FOLLOWING_MS = 1_000;
const PARENT_LOOK_MS = 500;

/** What a person does to end the program: `once` at the first request, `again` at one that is clearly meant anew. */
export interface EndRequests {
  once: (reason: string) => void;
  again: () => void;
}

/**
 * Listens to Ctrl-C, SIGTERM and a closed terminal. Ctrl-C under npm arrives twice, from the terminal and from npm:
 * what follows at once is the same request. npm that is ended by a signal does not always pass it on, so below npm the
 * end of its shell counts as well.
 * @returns how to stop listening
 */
export function onEndRequest(requests: EndRequests, environment: NodeJS.ProcessEnv): () => void {
  let firstAt: number | undefined;
  const request = (reason: string) => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      requests.once(reason);
    } else if (Date.now() - firstAt > FOLLOWING_MS) {
      requests.again();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, request);
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid !== parent && firstAt === undefined) request('npm ended');
  }, PARENT_LOOK_MS).unref();
  if (environment['npm_lifecycle_event'] === undefined) clearInterval(looking);
  return () => {
    clearInterval(looking);
    for (const signal of signals) process.off(signal, request);
  };
}
