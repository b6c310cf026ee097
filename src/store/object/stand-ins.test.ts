import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkKey } from "../bytes.ts";
import { standInPath, standsFor } from "./stand-ins.ts";

const isKey = (key: string): boolean => {
  try {
    return checkKey(key) === key;
  } catch {
    return false;
  }
};

describe("standsFor", () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom("at", "long", "12.34", "7", "é".repeat(127), "x".repeat(255), "9".repeat(239)),
  );
  const key = fc
    .array(name, { minLength: 1, maxLength: 4 })
    .map((names) => names.join("/"))
    .filter(isKey);

  test("law: a path says the key and the size that it was made of", () => {
    fc.assert(
      fc.property(key, fc.nat(), (one, sizeBytes) => {
        const path = standInPath("/cache", { key: one, sizeBytes });
        expect(standsFor("/cache", path)).toEqual({ key: one, sizeBytes });
        for (const part of path.split("/")) expect(Buffer.byteLength(part)).toBeLessThan(256);
      }),
      { numRuns: 1000 },
    );
  });

  test("other paths stand for nothing, and none leaves its store", () => {
    for (const path of ["/elsewhere/at/1.a", "/cache/at/a", "/cache/1.a", "/cache/long/a/b"])
      expect(standsFor("/cache", path)).toBeUndefined();
    expect(() => standsFor("/cache", "/cache/at/../1.a")).toThrow(
      expect.objectContaining({ code: "store/out-of-range-key" }),
    );
  });
});
