import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Vitest begins with the largest files. The soak is a small one that lasts longest, and would end long after all others. */
export default class SoakFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSoak = ({ moduleId }: TestSpecification) => moduleId.endsWith('/soak.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isSoak), ...sorted.filter((file) => !isSoak(file))];
  }
}
