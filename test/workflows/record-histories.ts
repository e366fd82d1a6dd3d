import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { historiesOf } from '../support/replay.js';
import {
  connectTestClient,
  connectTestWorkers,
  startTimeSkipping,
  testNamespace,
} from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { HISTORIES, recorded } from './recorded-history.js';
import { STORIES, tell } from './stories.js';

// `npm run record-histories [-- -t NAME]`: no test, but a use of the tests' servers.
const temporal = testNamespace('replay');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const begin = serveByRun({ connection, namespace: temporal.namespace }, client);
const skipping = await startTimeSkipping();
const beginSkipping = serveByRun(skipping.server, skipping.environment.client);

it.each(Object.keys(STORIES))('%s', async (name) => {
  const story = STORIES[name]?.() ?? expect.unreachable();
  const used = story.skipsTime
    ? { begin: beginSkipping, client: skipping.environment.client }
    : { begin, client };
  const workflowId = await tell(story, used.begin);
  await mkdir(HISTORIES, { recursive: true });
  await writeFile(new URL(`${name}.json`, HISTORIES), recorded(await historiesOf(used.client, [workflowId])));
});
