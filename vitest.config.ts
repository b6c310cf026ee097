import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import SlowFirst from "./tests/support/slow-first.ts";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "tests/interop/**"],
    allowOnly: false,
    setupFiles: ["tests/support/matchers.ts"],
    reporters: ["default", "./tests/support/reporter.ts"],
    pool: "forks",
    // vitest keeps a core for itself, which on two cores leaves one worker; its own work is little
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: SlowFirst },
    // fifty processes that are started and killed take minutes on a busy machine, which is no fault
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
