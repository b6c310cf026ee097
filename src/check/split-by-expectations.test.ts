import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameOf } from "../../tests/peer/great-expectations.ts";
import { type Engine, int, openEngine, openLake, schema, text } from "../table/index.ts";
import { checkOneRow } from "./check-one-row.ts";
import { expectations } from "./expectation.ts";
import { appendChecked, quarantineSchema, splitByExpectations } from "./split-by-expectations.ts";
import { suite } from "./suite.ts";

const points = schema("points", { id: text(), x: int({ nullable: true }) });
const e = expectations(points);
const rules = suite("rules", points, [
  e.between("x", { min: 0 }),
  e.matches("id", /[a-z]+/),
  e.notNull("x", { severity: "warning" }),
  e.unique("id"),
]);
const cells = [
  ["a", 1],
  ["B", -1],
  ["c", null],
  ["d", -7],
] as const;
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

describe("splitByExpectations", () => {
  test("keeps, counts and rejects with every rule that a row breaks", async () => {
    const split = await splitByExpectations(frameOf(engine, points, cells), rules);
    expect(await split.kept.rows()).toEqual([
      { id: "a", x: 1 },
      { id: "c", x: null },
    ]);
    expect(await split.rejected.rows()).toEqual([
      { id: "B", x: -1, _rule: "x is ≥ 0; id matches /[a-z]+/" },
      { id: "d", x: -7, _rule: "x is ≥ 0" },
    ]);
    expect(split.counts).toEqual({
      rows: 4,
      kept: 2,
      rejected: 2,
      rules: [
        { rule: "x is ≥ 0", action: "drop", brokenRows: 2 },
        { rule: "id matches /[a-z]+/", action: "drop", brokenRows: 1 },
        { rule: "x has a value", action: "keep", brokenRows: 1 },
      ],
    });
    expect(split.skipped).toEqual(["id is unique"]);
  });

  test("stops everything where a severity fails, unless mostly is met", async () => {
    const rows = frameOf(engine, points, cells);
    const actions = { warning: "fail" } as const;
    await expect(splitByExpectations(rows, rules, { actions })).rejects.toThrow(
      expect.objectContaining({
        code: "check/failed-suite",
        message: expect.stringContaining("x has a value (1 of 4 rows does not)"),
      }),
    );
    const lenient = suite("l", points, [e.notNull("x", { severity: "warning", mostly: 0.75 })]);
    const { counts } = await splitByExpectations(rows, lenient, { actions });
    expect(counts.kept).toBe(4);
    await expect(
      splitByExpectations(rows, rules, { actions: { info: "lose" as "keep" } }),
    ).rejects.toThrow("action must be one of");
  });

  test("law: kept and rejected are a partition, and a row is rejected when it breaks a critical rule alone", async () => {
    const cell = fc.tuple(
      fc.constantFrom("a", "B", "ab1"),
      fc.option(fc.integer({ min: -2, max: 2 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 8 }), async (given) => {
        const rows = frameOf(engine, points, given);
        const { kept, rejected } = await splitByExpectations(rows, rules);
        const bad = given.filter(([id, x]) => !checkOneRow(rules, { id, x }).passed);
        const out = (await rejected.rows()).map(({ id, x }) => [id, x]);
        expect(out).toEqual(bad);
        expect(await kept.count()).toBe(given.length - bad.length);
      }),
      { numRuns: 15 },
    );
  });
});

describe("appendChecked", () => {
  test("writes what passes to the table and the rest to its quarantine, once per transaction", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-split-"));
    await using lake = await openLake(folder);
    const table = lake.table("demo.points", points);
    const quarantine = lake.table("demo.rejected", quarantineSchema(points));
    const rows = frameOf(engine, points, cells);
    const txn = { app: "load", version: 1 };
    await appendChecked(table, rows, { suite: rules, quarantine, txn });
    const { counts } = await appendChecked(table, rows, { suite: rules, quarantine, txn });
    expect(counts.rejected).toBe(2);
    expect(await (await table.read()).count()).toBe(2);
    expect((await (await quarantine.read()).rows()).map(({ _rule }) => _rule)).toEqual([
      "x is ≥ 0; id matches /[a-z]+/",
      "x is ≥ 0",
    ]);
    await rm(folder, { recursive: true });
  });
});
