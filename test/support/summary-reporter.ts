import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Prints `N passed, N failed` as the very last line: of tests, and of files that failed before their tests ran. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let skipped = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      let failedInModule = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failedInModule += 1;
        else skipped += 1;
      }
      failed += failedInModule === 0 && module.state() === 'failed' ? 1 : failedInModule;
    }
    // Vitest's own reporter and the global tear-down may still write or fail: this goes after them.
    process.once('exit', (code) => {
      const counted = failed === 0 && code !== 0 ? 1 : failed;
      writeSync(1, `${passed} passed, ${counted} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`);
    });
  }
}
