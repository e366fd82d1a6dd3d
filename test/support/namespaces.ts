/**
 * The Temporal namespaces of the tests' dev server. Test files run side by side, and workers of one file must not take
 * tasks of another: a file that runs workers has a namespace of its own. Add a name here, then `testNamespace('name')`.
 */
export const TEST_NAMESPACES = [
  'activities',
  'api',
  'api-activations',
  'api-oauth',
  'api-reconcile',
  'cli',
  'continue-as-new',
  'reconnect',
  'replay',
  'retold',
  'service',
  'service-cli',
  'service-kill',
  'service-publish',
  'service-reconnect',
  'stopped-work',
  'temporal',
  'worker',
  'workflows',
  'workflows-cancel',
  'workflows-failures',
  'workflows-signals',
  'workflows-tries',
] as const;

export type TestNamespace = (typeof TEST_NAMESPACES)[number];
