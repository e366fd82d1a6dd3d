import { configDefaults, defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.js';

// `npm run test:long` is `--mode long`, `npm run record-histories` is `--mode record`.
export default defineConfig(({ mode }) => ({
  test: {
    include: [mode === 'record' ? 'test/workflows/record-histories.ts' : 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(mode === 'long' ? [] : ['test/long/**'])],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Temporal's native module must not be shared between threads.
    pool: 'forks',
    // Most files wait for servers most of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Three times what the slowest take beside others on two cores: they are to fail for what they test.
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
    hookTimeout: 180_000,
  },
}));
