import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

export default defineConfig({
  ...base,
  test: { ...base.test, include: ["tests/interop/**/*.test.ts"], exclude: ["**/node_modules/**"] },
});
