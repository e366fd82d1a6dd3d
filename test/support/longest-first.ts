import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONGEST = ['/soak.test.ts', '/interrupted-upload.test.ts'];

/** Vitest begins with the largest files. These are small and last longest: they would end long after all others. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
