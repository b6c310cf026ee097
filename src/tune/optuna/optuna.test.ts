/** @file Tests of Optuna's files without Optuna: round trips, old ranges, and files that are something else. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRecords, openSqliteFile } from "../../store/index.ts";
import { openStudy } from "../study/study.ts";
import { distributionOf, specOf, unionOf } from "./distributions.ts";
import { exportOptuna } from "./export.ts";
import { importOptuna } from "./import.ts";
import { localMs, localText } from "./schema.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-optuna-"));
});
afterEach(() => rm(folder, { recursive: true }));
const code = (code: string) => expect.objectContaining({ code });

describe("exportOptuna and importOptuna", () => {
  test("give a study back as it was", async () => {
    await using records = await openRecords(":memory:");
    const base = { metric: "y", direction: "minimise", records } as const;
    await using study = await openStudy({ ...base, name: "s" });
    await study.search(
      (trial) => {
        trial.constrain("small", trial.float("x", -1, 1));
        trial.report(2, Infinity);
        if (trial.number === 1) throw new Error("boom");
        return trial.int("n", 1, 4);
      },
      { trials: 5 },
    );
    await study.enqueue({ x: 0.5 });
    const path = join(folder, "s.db");
    await exportOptuna({ records, study: "s", path });
    await importOptuna({ records, path, name: "t" });
    await using back = await openStudy({ ...base, name: "t" });
    const facts = async (one: typeof study) =>
      (await one.trials()).map(({ startedAtMs: _, endedAtMs: __, constraints, ...rest }) => ({
        ...rest,
        constraints: Object.values(constraints),
      }));
    expect(await facts(back)).toEqual(await facts(study));
    await expect(importOptuna({ records, path })).rejects.toThrow(code("tune/duplicate-study"));
    await expect(importOptuna({ records, path, study: "u" })).rejects.toThrow(
      code("tune/missing-study"),
    );
    await expect(exportOptuna({ records, study: "s", path })).rejects.toThrow(
      code("tune/duplicate-file"),
    );
    await expect(exportOptuna({ records, study: "u", path })).rejects.toThrow(
      code("tune/missing-study"),
    );
  });

  test("refuse files that are something else, and formats that are not known", async () => {
    await using records = await openRecords(":memory:");
    const path = join(folder, "other.db");
    await expect(importOptuna({ records, path })).rejects.toThrow(code("tune/missing-file"));
    using file = openSqliteFile(path, { create: true });
    file.run("create table t (x)");
    await expect(importOptuna({ records, path })).rejects.toThrow("it has no table studies");
    for (const table of ["studies", "trials", "trial_params", "trial_values"])
      file.run(`create table ${table} (x)`);
    file.run("create table version_info (schema_version)");
    file.run("insert into version_info values (13)");
    await expect(importOptuna({ records, path })).rejects.toThrow(
      "its format is 13, and 12 is known",
    );
  });
});

describe("specOf", () => {
  test("reads what distributionOf wrote, and the ranges of older versions", () => {
    const spec = { kind: "int", low: 1, high: 9, step: 2, log: false } as const;
    expect(specOf(distributionOf(spec))).toEqual(spec);
    const old = (name: string, attributes: Record<string, unknown>) => specOf({ name, attributes });
    expect(old("LogUniformDistribution", { low: 1, high: 9 })).toMatchObject({
      kind: "float",
      log: true,
    });
    expect(old("UniformDistribution", { low: 1, high: 9 })).toMatchObject({
      kind: "float",
      step: null,
    });
    expect(old("DiscreteUniformDistribution", { low: 1, high: 9, q: 2 })).toMatchObject({
      step: 2,
    });
    expect(old("IntUniformDistribution", { low: 1, high: 9, step: 1 })).toEqual({
      ...spec,
      step: 1,
    });
    expect(old("IntLogUniformDistribution", { low: 1, high: 9 })).toMatchObject({
      kind: "int",
      log: true,
    });
    expect(old("NoDistribution", {})).toBeUndefined();
  });

  test("joins ranges that changed from trial to trial", () => {
    const int = { kind: "int", low: 1, high: 9, step: 2, log: false } as const;
    const float = { kind: "float", low: 0.5, high: 3, step: null, log: true } as const;
    const ab = { kind: "category", choices: ["a", "b"] } as const;
    expect(unionOf(int, { ...int, high: 20, step: 1 })).toEqual({ ...int, high: 20, step: 1 });
    expect(unionOf(int, float)).toEqual({
      kind: "float",
      low: 0.5,
      high: 9,
      step: null,
      log: false,
    });
    expect(unionOf(ab, { kind: "category", choices: ["b", "c"] })).toEqual({
      kind: "category",
      choices: ["a", "b", "c"],
    });
    expect(unionOf(ab, int)).toBeUndefined();
  });
});

describe("localText", () => {
  test("writes a moment that localMs reads", () => {
    const moment = Date.UTC(2026, 2, 3, 4, 5, 6, 789);
    expect(localMs(localText(moment))).toBe(moment);
    expect(localMs("2026-03-03 04:05:06.789123")).toBe(
      new Date("2026-03-03T04:05:06.789").getTime(),
    );
    expect([localText(null), localMs(null), localMs("soon")]).toEqual([null, null, null]);
  });
});
