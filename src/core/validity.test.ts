import { expect, test } from "vitest";
import { validityOf } from "./validity.ts";

test.each([
  [0, 10, 0, "valid"],
  [0, 10, 10, "valid"],
  [0, 10, 11, "expired"],
  [1, 10, 0, "future"],
  [1, null, 0, "future"],
  [0, null, 1e15, "valid"],
  [null, 10, 1e15, "valid"],
  [5, 0, 5, "valid"],
  [5, 0, 6, "expired"],
] as const)(
  "of what is true at %s with a ttl of %s, it is said at %s: %s",
  (...[atMs, ttlMs, nowMs, said]) => {
    expect(validityOf({ atMs, ttlMs }, nowMs)).toBe(said);
  },
);
