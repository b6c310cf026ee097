/** @file The order of test files: those that start many processes first, so that no worker waits at the end for one of them. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

const slow = /\/tests\/(faults|flow)\/|\/tests\/interop\/(great|object|spark|tables)/;

export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = (file: TestSpecification): boolean => slow.test(file.moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
