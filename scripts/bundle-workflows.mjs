// Bundles the built workflows, so that a worker starts without a bundler and every worker runs the same code.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const dist = new URL('../dist/', import.meta.url);
const quiet = () => {};
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('workflows/activate-audience.js', dist)),
  workflowInterceptorModules: [fileURLToPath(new URL('workflows/early-signals.js', dist))],
  logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error },
});
await writeFile(new URL('workflow-bundle.js', dist), code);
