import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const EARLY_SIGNALS = new URL('../../src/workflows/early-signals.ts', import.meta.url);

/** @param file that exports the workflows */
export function bundleWorkflows(file: URL): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(file),
    workflowInterceptorModules: [fileURLToPath(EARLY_SIGNALS)],
    logger: new DefaultLogger('ERROR'),
  });
}
