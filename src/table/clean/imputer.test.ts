import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import type { Cells } from "../../flow.ts";
import { openEngine } from "../adapter/duckdb.ts";
import { when } from "../expr/index.ts";
import { bool, type Columns, category, float, int, schema, text, timestamp } from "../schema.ts";
import type { Imputation } from "./impute/methods.ts";
import { fitImputer, imputer } from "./imputer.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const nullable = { nullable: true } as const;
const people = schema("people", {
  age: int(nullable),
  paid: float(nullable),
  plan: category(["Basic", "Plus", "unknown"], nullable),
  member: bool(nullable),
  town: text(nullable),
  since: timestamp(nullable),
});
const day = (n: number) => new Date(Date.UTC(2024, 0, n));
const training: readonly Cells[] = [
  { age: 20, paid: 1, plan: "Basic", member: true, town: "x", since: day(1) },
  { age: 31, paid: 2, plan: "Basic", member: false, town: "y", since: day(2) },
  { age: 40, paid: 6, plan: "Plus", member: true, town: "x", since: day(2) },
  { age: null, paid: Number.NaN, plan: null, member: null, town: null, since: null },
];
const fit = (...imputations: readonly Imputation<typeof people.columns>[]) =>
  fitImputer(frameOf(engine, people, training), imputations);
const empty = { age: null, paid: null, plan: null, member: null, town: null, since: null };

describe("fitImputer", () => {
  test("learns constants, means, medians and modes, rounded where the column is whole", async () => {
    const { row } = await fit(
      { columns: ["age"], by: "mean" },
      { columns: ["paid"], by: "median" },
      { columns: ["plan"], by: "category", label: "unknown" },
      { columns: ["member", "town"], by: "mode" },
      { columns: ["since"], by: "constant", value: day(5) },
    );
    expect(row(empty)).toEqual({
      age: 30, // 30.33…
      paid: 2,
      plan: "unknown",
      member: true,
      town: "x",
      since: day(5),
    });
    expect(row({ ...empty, age: 7, paid: Number.NaN })).toMatchObject({ age: 7, paid: 2 });
    const { row: modes } = await fit({ columns: ["age", "since"], by: "mode" });
    expect(modes(empty)).toMatchObject({ age: 20, since: day(2) });
  });

  test("learns a middle for each group, and the middle of all rows for the rest", async () => {
    const { row } = await fit(
      { columns: ["paid"], by: "group", of: "plan", middle: "mean" },
      { columns: ["age"], by: "group", of: "member", middle: "median" },
      { columns: ["town"], by: "group", of: "age", middle: "mode" },
    );
    expect(row({ ...empty, plan: "Basic", member: true })).toMatchObject({ paid: 1.5, age: 30 });
    expect(row({ ...empty, plan: "unknown", age: 31 })).toMatchObject({ paid: 3, town: "y" });
    expect(row(empty)).toMatchObject({ paid: 3, age: 31, town: "x" });
  });

  test("takes a rule for what other columns know", async () => {
    const { row } = await fit({
      columns: ["plan"],
      by: "rule",
      from: (c) => when(c.paid.isAbove(3), "Plus", when(c.paid.isAbove(2), "Gold", "Basic")),
    });
    const plans = [9, 2.5, 1, null].map((paid) => row({ ...empty, paid })["plan"]);
    expect(plans).toEqual(["Plus", null, "Basic", "Basic"]); // Gold is no level
  });

  test("remembers in an indicator which cells were missing", async () => {
    const withFlag = schema("people", { ...people.columns, age_missing: bool() });
    const rows = frameOf(engine, withFlag, training);
    const { row, apply } = await fitImputer(rows, [
      { columns: ["age"], by: "mean", indicators: { age: "age_missing" } },
    ]);
    expect(row(empty)).toMatchObject({ age: 30, age_missing: true });
    expect(row({ ...empty, age: 1 })).toMatchObject({ age: 1, age_missing: false });
    expect(row(row(empty))).toEqual(row(empty));
    const asked = frameOf(engine, people, [{ ...empty, age: 1 }, empty]);
    await using applied = await apply(asked, withFlag);
    expect((await applied.frame.rows()).map((one) => one.age_missing)).toEqual([false, true]);
  });

  test("says what it did when it is applied to a table", async () => {
    const { apply, state } = await fit({ columns: ["age", "town"], by: "mode" });
    await using applied = await apply(frameOf(engine, people, training), people);
    expect(applied.steps[1]).toEqual({
      step: "fill missing cells",
      rowsIn: 4,
      rowsOut: 4,
      cellsChanged: 2,
      fitted: state,
    });
  });

  test("gives the neighbours of scikit-learn's own example", async () => {
    const three = schema("three", { a: float(nullable), b: float(nullable), c: float(nullable) });
    const rows = [
      { a: 1, b: 2, c: null },
      { a: 3, b: 4, c: 3 },
      { a: null, b: 6, c: 5 },
      { a: 8, b: 8, c: 7 },
    ];
    const near = { by: "nearest", neighbours: 2, scale: false } as const;
    const { row } = await fitImputer(frameOf(engine, three, rows), [
      { ...near, columns: ["a"], from: ["b", "c"] },
      { ...near, columns: ["c"], from: ["a", "b"] },
    ]);
    expect(rows.map(row)).toEqual([
      { a: 1, b: 2, c: 4 },
      { a: 3, b: 4, c: 3 },
      { a: 5.5, b: 6, c: 5 },
      { a: 8, b: 8, c: 7 },
    ]);
  });

  test("takes the most frequent label of neighbours, and of equals the nearest", async () => {
    const near = { by: "nearest", from: ["age", "town"] } as const;
    const { row } = await fit({ ...near, columns: ["plan"], neighbours: 2 });
    expect(row({ ...empty, age: 39, town: "x" })).toMatchObject({ plan: "Plus" });
    expect(row({ ...empty, age: 25 })).toMatchObject({ plan: "Basic" });
    expect(row(empty)).toMatchObject({ plan: "Basic" }); // nothing to compare: the mode
  });

  test("agrees with scikit-learn, numpy and scipy", async () => {
    const peers = JSON.parse(
      await readFile(new URL("../../../tests/peer/cleaning.json", import.meta.url), "utf8"),
    );
    const numbers = schema("numbers", {
      a: float(nullable),
      b: float(nullable),
      c: float(nullable),
      y: float(nullable),
    });
    const table: readonly Cells[] = peers.table.map(([a, b, c, y]: (number | null)[]) => ({
      a,
      b,
      c,
      y,
    }));
    const rows = frameOf(engine, numbers, table);
    const from = ["a", "b", "c"] as const;
    const filledBy = async (imputation: Imputation<typeof numbers.columns>) => {
      const { row } = await fitImputer(rows, [imputation]);
      return table.filter((one) => one["y"] === null).map((one) => Number(row(one)["y"]));
    };
    const columns = ["y"] as const;
    expect((await filledBy({ columns, by: "mean" }))[0]).toBeClose(peers.mean);
    expect((await filledBy({ columns, by: "median" }))[0]).toBeClose(peers.median);
    const near = { columns, by: "nearest", from, neighbours: 4 } as const;
    expect(await filledBy(near)).toBeClose(peers.nearest);
    expect(await filledBy({ ...near, scale: false })).toBeClose(peers.nearestUnscaled);
    const { state } = await fitImputer(rows, [{ columns, by: "regression", from }]);
    const filling = state.columns[0]?.filling;
    if (filling?.by !== "regression") throw new Error("a regression is learned");
    expect(filling.bias).toBeClose(peers.regression.bias);
    expect(filling.terms.map((term) => term.weight)).toBeClose(peers.regression.weights);
    expect(filling.terms.map((term) => term.otherwise)).toBeClose(peers.regression.means);
  });

  test("learns a line through labels and truths, and gives columns that say nothing new no weight", async () => {
    const rows = [20, 31, 40, 52, 60].map((age, i) => ({
      ...empty,
      age,
      plan: i % 2 === 0 ? "Basic" : "Plus",
      member: i < 2,
      paid: 2 * age + (i % 2 === 0 ? 0 : 10) + (i < 2 ? -5 : 0),
    }));
    const { row, state } = await fitImputer(frameOf(engine, people, rows), [
      { columns: ["paid"], by: "regression", from: ["age", "plan", "member", "age"] },
    ]);
    expect(Number(row({ ...empty, age: 50, plan: "Plus", member: true })["paid"])).toBeClose(105, {
      rtol: 1e-6,
    });
    const filling = state.columns[0]?.filling;
    expect(filling?.by === "regression" && filling.terms.at(-1)?.weight).toBe(0);
  });

  test("fills by a line through many columns, which SQL must not repeat at every step", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `x${i}`);
    const columns: Columns = Object.fromEntries(
      [...names, "y"].map((name) => [name, float(nullable)]),
    );
    const wide = schema("wide", columns);
    const rows = Array.from({ length: 60 }, (_, i) => {
      const x = names.map((name, j) => [name, Math.sin(i * (j + 1)) + (i % 7)] as const);
      const y = i < 50 ? x.reduce((sum, [, value], j) => sum + j * value, 3) : null;
      return { ...Object.fromEntries(x), y };
    });
    const source = frameOf(engine, wide, rows);
    const learned = await fitImputer(source, [{ columns: ["y"], by: "regression", from: names }]);
    await using applied = await learned.apply(source, wide);
    expect(await applied.frame.rows()).toEqual(rows.map(learned.row));
  });

  test("refuses test rows, columns without a value, and methods for other kinds", async () => {
    const test = { ...frameOf(engine, people, training), part: "test" } as const;
    await expect(fitImputer(test, [])).rejects.toMatchObject({
      code: "table/conflict-training-rows",
    });
    const blank = frameOf(engine, people, [empty]);
    for (const method of [
      { by: "mean" },
      { by: "nearest", from: ["paid"] },
      { by: "regression", from: ["paid"] },
      { by: "group", of: "plan", middle: "mode" },
    ] as const)
      await expect(fitImputer(blank, [{ columns: ["age"], ...method }])).rejects.toMatchObject({
        code: "table/missing-training-values",
        details: { rows: 1 },
      });
    const wrong: readonly (readonly [string, Imputation<typeof people.columns>])[] = [
      ["table/mismatch-kind", { columns: ["plan"], by: "mean" }],
      ["table/mismatch-kind", { columns: ["age"], by: "constant", value: "old" }],
      ["table/mismatch-kind", { columns: ["age"], by: "rule", from: (c) => c.plan }],
      ["table/mismatch-kind", { columns: ["age"], by: "group", of: "paid", middle: "mean" }],
      ["table/mismatch-kind", { columns: ["age"], by: "regression", from: ["town"] }],
      ["table/unknown-level", { columns: ["plan"], by: "category", label: "?" }],
      ["option/out-of-range", { columns: ["age"], by: "nearest", from: ["paid"], neighbours: 0 }],
      // @ts-expect-error there is no column "wage"
      ["table/unknown-column", { columns: ["wage"], by: "mean" }],
      // @ts-expect-error there is no column "wage"
      ["table/unknown-column", { columns: ["age"], by: "regression", from: ["wage"] }],
      // @ts-expect-error there is no such method
      ["option/out-of-range", { columns: ["age"], by: "magic" }],
    ];
    for (const [code, imputation] of wrong)
      await expect(fit(imputation)).rejects.toMatchObject({ code });
  });
});

describe("imputer", () => {
  test("refuses a state that is none", async () => {
    const { state } = await fit({ columns: ["age"], by: "mean" });
    const [column] = state.columns;
    const wrong = [
      null,
      { format: 2, columns: [] },
      { format: 1 },
      { format: 1, columns: [{ ...column, kind: "number" }] },
      { format: 1, columns: [{ ...column, levels: "x" }] },
      { format: 1, columns: [{ ...column, filling: { by: "magic" } }] },
      { format: 1, columns: [{ ...column, filling: { by: "nearest", rows: [[1]] } }] },
      { format: 1, columns: [{ ...column, filling: { by: "regression", bias: "1", terms: [] } }] },
    ];
    for (const one of wrong)
      expect(() => imputer(one)).toThrow(
        expect.objectContaining({ code: "table/corrupt-imputer" }),
      );
    const rule = { by: "rule", node: { op: "magic" } };
    expect(() => imputer({ format: 1, columns: [{ ...column, filling: rule }] })).toThrow(
      expect.objectContaining({ code: "table/corrupt-expression" }),
    );
  });

  test("refuses a table whose column is of another kind than it learned", async () => {
    const { apply } = await fit({ columns: ["age"], by: "mean" });
    const other = schema("other", { age: float(nullable) });
    await expect(apply(frameOf(engine, other, []), other)).rejects.toMatchObject({
      code: "table/mismatch-kind",
    });
  });

  const rows = fc.array(
    fc.record({
      age: fc.option(fc.integer({ min: -5, max: 99 })),
      paid: fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: false })),
      plan: fc.option(fc.constantFrom("Basic", "Plus")),
      member: fc.option(fc.boolean()),
      town: fc.option(fc.constantFrom("x", "y", "it's")),
      since: fc.option(fc.integer({ min: 1, max: 28 }).map(day)),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const methods = [
    { columns: ["since"], by: "mode" },
    { columns: ["age"], by: "nearest", from: ["paid", "plan", "member", "since"], neighbours: 3 },
    { columns: ["paid"], by: "regression", from: ["age", "member", "plan"] },
    { columns: ["town"], by: "group", of: "age", middle: "mode" },
    { columns: ["member"], by: "nearest", from: ["town", "age"] },
    {
      columns: ["plan"],
      by: "rule",
      from: (c) => when(c.paid.over(c.age).isAbove(2), "Plus", "Basic"),
    },
  ] satisfies readonly Imputation<typeof people.columns>[];

  test("law: filling rows one by one is filling the table, bit for bit, also from JSON", async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (seen, asked) => {
        const full = { age: 1, paid: 2, plan: "Plus", member: true, town: "z", since: day(9) };
        const learned = await fitImputer(frameOf(engine, people, [full, ...seen]), methods);
        const stored = imputer(JSON.parse(JSON.stringify(learned.state)));
        await using applied = await stored.apply(frameOf(engine, people, asked), people);
        expect(await applied.frame.rows()).toEqual(asked.map(learned.row));
      }),
      { numRuns: 12 },
    );
  });
});
