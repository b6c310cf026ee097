import { describe, expect, test } from "vitest";
import { type StepOptions, step } from "./step.ts";

const coded = (code: string) => expect.objectContaining({ code });
const run = async () => null;

describe("step", () => {
  test("fills in the defaults", () => {
    expect(step({ name: "clean", needs: ["a", "a"], run })).toMatchObject({
      name: "clean",
      version: 1,
      needs: ["a"],
      timeoutMs: null,
      retries: 0,
      backoffMs: 1000,
    });
  });

  test("refuses names that are none", () => {
    for (const name of ["", " ", "a\nb", "x".repeat(101)])
      expect(() => step({ name, run })).toThrow(coded("pipeline/unsupported-name"));
  });

  test("refuses numbers out of range and options that are not there", () => {
    const wrong = (change: Partial<StepOptions>) => () => step({ name: "a", run, ...change });
    for (const change of [{ version: 0 }, { version: 1.5 }, { retries: -1 }, { timeoutMs: 0 }])
      expect(wrong(change)).toThrow(coded("option/out-of-range"));
    expect(wrong({ timeoutMs: 2 ** 31 })).toThrow(coded("option/out-of-range"));
    expect(wrong({ backoffMs: Number.NaN })).toThrow(coded("option/out-of-range"));
    expect(wrong({ retry: 2 } as object)).toThrow(coded("option/unknown-name"));
  });
});
