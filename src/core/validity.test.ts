import { expect, test } from "vitest";
import { validityOf } from "./validity.ts";

test.each([
  [0, 10, null, 0, "valid"],
  [0, 10, null, 10, "valid"],
  [0, 10, null, 11, "expired"],
  [1, 10, null, 0, "future"],
  [1, null, null, 0, "future"],
  [0, null, null, 1e15, "valid"],
  [null, 10, null, 1e15, "valid"],
  [5, 0, null, 5, "valid"],
  [5, 0, null, 6, "expired"],
  [5, null, 8, 7, "valid"],
  [5, null, 8, 8, "expired"],
  [null, null, 8, 9, "valid"],
] as const)(
  "of what is true at %s with a ttl of %s, told before %s, it is said at %s: %s",
  (...[atMs, ttlMs, toldBeforeMs, nowMs, said]) => {
    expect(validityOf({ atMs, ttlMs, toldBeforeMs }, nowMs)).toBe(said);
  },
);
