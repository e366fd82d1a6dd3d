import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const EARLY_SIGNALS = new URL('../../src/workflows/early-signals.ts', import.meta.url);

/** @param file that exports the workflows */
export function bundleWorkflows(file: URL): Promise<WorkflowBundleWithSourceMap> {
  // The workflows ask the module beside them, so that one has to be the interceptor; an older release may have had none.
  const beside = new URL(`./early-signals${extname(file.pathname)}`, file);
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(file),
    workflowInterceptorModules: [fileURLToPath(existsSync(beside) ? beside : EARLY_SIGNALS)],
    logger: new DefaultLogger('ERROR'),
  });
}
