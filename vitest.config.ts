import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "tests/interop/**"],
    allowOnly: false,
    setupFiles: ["tests/support/matchers.ts"],
    reporters: ["default", "./tests/support/reporter.ts"],
    pool: "forks",
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
