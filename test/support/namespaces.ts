/**
 * The Temporal namespaces of the tests' dev server. Test files run side by side, and workers of one file must not take
 * tasks of another: a file that runs workers has a namespace of its own. Add a name here, then `testNamespace('name')`.
 */
export const TEST_NAMESPACES = [
  'api',
  'api-activations',
  'api-reconcile',
  'api-reset',
  'api-unbegun',
  'continue-as-new',
  'reconnect',
  'replay',
  'retold',
  'stopped-work',
  'temporal',
  'worker',
  'workflows',
  'workflows-signals',
  'workflows-tries',
] as const;

export type TestNamespace = (typeof TEST_NAMESPACES)[number];
