/**
 * @file Ends each run with `N passed, N failed` alone on a line, for machines that read it, after a line for each
 * failure. A run in which no test ends for long says what is running.
 */
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { quietWatch } from "./quiet-watch.ts";

/** `FAILED: file > test: why`, on one line: the log of a long run may be read from its end only. */
const told = (name: string, error: { readonly message?: string } | undefined): string =>
  `FAILED: ${name}: ${(error?.message ?? "no reason given").replaceAll(/\s+/g, " ").slice(0, 400)}`;

export default class ClosingLines implements Reporter {
  readonly #watch = quietWatch({ quietMs: 8 * 60_000, clock: Date.now });

  onTestRunStart(): void {
    setInterval(() => {
      const line = this.#watch.look();
      if (line !== undefined) process.stdout.write(`${line}\n`);
    }, 15_000).unref();
  }

  onTestModuleQueued(module: TestModule): void {
    this.#watch.begin(module.relativeModuleId);
  }

  onTestCaseReady(test: TestCase): void {
    this.#watch.begin(test.module.relativeModuleId, test.fullName);
  }

  onTestCaseResult(test: TestCase): void {
    this.#watch.end(test.module.relativeModuleId, test.fullName);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#watch.end(module.relativeModuleId);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { message?: string }[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    const lines = errors.map((error) => told("outside of a test", error));
    for (const module of modules) {
      const [broken] = module.errors();
      if (broken !== undefined) {
        counts.failed += 1;
        lines.push(told(module.relativeModuleId, broken));
      }
      for (const test of module.children.allTests()) {
        const { state, errors: reasons } = test.result();
        if (state !== "pending") counts[state] += 1;
        if (state === "failed")
          lines.push(told(`${module.relativeModuleId} > ${test.fullName}`, reasons?.[0]));
      }
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    lines.push(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}
