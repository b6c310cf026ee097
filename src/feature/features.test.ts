import fc from "fast-check";
import { afterAll, describe, expect, expectTypeOf, test } from "vitest";
import type { Cells } from "../flow.ts";
import {
  bool,
  type Columns,
  category,
  type Frame,
  float,
  frame,
  int,
  openEngine,
  type Schema,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import {
  bucketize,
  type Features,
  type FittedFeatures,
  features,
  featuresFromState,
  fitFeatures,
  flag,
  minMax,
  missing,
  numeric,
  oneHot,
  ordinal,
  standardize,
} from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

/** Makes a frame of rows in memory and hands it to the work. */
async function withFrame<C extends Columns, T>(
  of: { schema: Schema<C>; rows: readonly Cells[]; part?: "train" | "test" },
  work: (rows: Frame<C>) => Promise<T>,
): Promise<T> {
  const columns = Object.entries(of.schema.columns).map(([name, { kind }]) => ({ name, kind }));
  const cells = of.rows.map((row) => columns.map(({ name }) => row[name] ?? null));
  return engine.withRows({ columns, cells }, (table) => {
    const part = of.part === undefined ? {} : { part: of.part };
    return work(frame({ engine, schema: of.schema, sql: `SELECT * FROM ${table}`, ...part }));
  });
}

const nullable = { nullable: true } as const;
const people = schema("people", {
  id: text({ key: true }),
  age: int({ nullable: true, description: "in full years" }),
  income: float(nullable),
  plan: category(["free", "paid", "trial"], nullable),
  member: bool(nullable),
  joined: timestamp(nullable),
});
const person = {
  id: "a",
  age: 40,
  income: 10,
  plan: "paid",
  member: true,
  joined: new Date("2026-01-02T00:00:00Z"),
} as const;

const everything = features(people, (c) => ({
  age: standardize(c.age),
  income: numeric(c.income),
  "income ≥ 0": numeric(c.income.atLeast(0), { missing: -1 }),
  perYear: minMax(c.income.over(c.age)),
  bucket: bucketize(c.age, { edges: [18, 30, 65] }),
  buckets: bucketize(c.age, { edges: [18, 65], as: "oneHot" }),
  plan: oneHot(c.plan, { missing: "own" }),
  rank: ordinal(c.plan, { order: ["trial", "free", "paid"] }),
  member: flag(c.member),
  memberOwn: flag(c.member, { missing: "own" }),
  memberBoth: oneHot(c.member),
  noIncome: missing(c.income),
  days: standardize(c.joined.daysSince(new Date("2020-01-01T00:00:00Z"))),
}));

const plain = [
  person,
  { ...person, id: "b", age: 20, income: 0, plan: "free", member: false },
  { ...person, id: "c", age: null, income: null, plan: null, member: null },
];

/** The value of one column of the matrix in one row. */
const at = (fitted: FittedFeatures, name: string, row: Cells): number | undefined =>
  fitted.row({ ...person, ...row })[fitted.names.indexOf(name)];

async function fit<C extends Columns, R extends string>(
  definition: Features<C, R>,
  rows: readonly Cells[],
): Promise<FittedFeatures> {
  return withFrame({ schema: definition.from, rows }, (train) => fitFeatures(definition, train));
}

describe("features", () => {
  test("know the columns they read, in the order of the schema", () => {
    expectTypeOf(everything.reads).toEqualTypeOf<
      readonly ("age" | "income" | "plan" | "member" | "joined")[]
    >();
    expect(everything.reads).toEqual(["age", "income", "plan", "member", "joined"]);
  });

  test("name their columns after the feature and the level", async () => {
    const { names, origins } = await fit(everything, plain);
    expect(names.filter((name) => name.startsWith("plan"))).toEqual([
      "plan=free",
      "plan=paid",
      "plan=trial",
      "plan missing",
    ]);
    expect(names).toContain("buckets=[18, 65)");
    expect(origins[names.indexOf("plan=paid")]).toEqual({
      feature: "plan",
      transform: "oneHot",
      reads: ["plan"],
    });
  });

  test("refuse an empty definition, bad edges and an order that is not one", () => {
    const refused = (work: () => unknown, code: string) =>
      expect(work).toThrow(expect.objectContaining({ code }));
    refused(() => features(people, () => ({})), "feature/missing-features");
    refused(
      () => features(people, (c) => ({ a: bucketize(c.age, { edges: [] }) })),
      "feature/out-of-range-edges",
    );
    refused(
      () => features(people, (c) => ({ a: bucketize(c.age, { edges: [2, 2] }) })),
      "feature/out-of-range-edges",
    );
    refused(
      () => features(people, (c) => ({ a: ordinal(c.plan, { order: ["free", "free", "paid"] }) })),
      "feature/mismatch-order",
    );
    refused(
      () => features(people, (c) => ({ a: oneHot(c.plan, { unkown: "zero" } as object) })),
      "option/unknown-name",
    );
    refused(
      () => features(people, (c) => ({ a: flag(c.member, JSON.parse('{"missing":"one"}')) })),
      "option/out-of-range",
    );
  });
});

describe("fitFeatures", () => {
  test("standardizes with the population's deviation; missing becomes the mean", async () => {
    const fitted = await fit(everything, plain);
    expect(fitted.state.features[0]?.stats).toEqual({ mean: 30, std: 10 });
    expect(at(fitted, "age", { age: 50 })).toBe(2);
    expect(at(fitted, "age", { age: null })).toBe(0);
  });

  test("makes a constant column 0, whatever its value", async () => {
    const rows = Array.from({ length: 3 }, () => ({ ...person, income: 0.1 }));
    const constant = features(people, (c) => ({ z: standardize(c.income), m: minMax(c.income) }));
    const fitted = await fit(constant, rows);
    expect([...fitted.row({ income: 0.1 })]).toEqual([0, 0]);
    expect([...fitted.row({ income: 0.2 })]).toEqual([0, 0]);
  });

  test("scales the slide's example to 0 … 1", async () => {
    const slide = features(people, (c) => ({ income: minMax(c.income) }));
    const incomes = [10000, 30000, 70000, 20000, 50000];
    const fitted = await fit(
      slide,
      incomes.map((income) => ({ ...person, income })),
    );
    const scaled = incomes.map((income) => fitted.row({ income })[0] ?? Number.NaN);
    expect(scaled).toBeClose([0, 1 / 3, 1, 1 / 6, 2 / 3]);
    expect(fitted.row({ income: null })[0]).toBeClose(26000 / 60000);
  });

  test("puts numbers into left-closed buckets", async () => {
    const fitted = await fit(everything, plain);
    const bucket = (age: number | null) => at(fitted, "bucket", { age });
    expect([17, 18, 29, 30, 65, null].map(bucket)).toEqual([0, 1, 1, 2, 3, Number.NaN]);
    expect(at(fitted, "buckets<18", { age: 17 })).toBe(1);
    expect(at(fitted, "buckets>=65", { age: 65 })).toBe(1);
    expect(at(fitted, "buckets>=65", { age: null })).toBe(0);
  });

  test("treats missing as declared", async () => {
    const fitted = await fit(everything, plain);
    expect(at(fitted, "plan missing", { plan: null })).toBe(1);
    expect(at(fitted, "plan=paid", { plan: null })).toBe(0);
    expect(at(fitted, "rank", { plan: "paid" })).toBe(2);
    expect(at(fitted, "rank", { plan: null })).toBe(Number.NaN);
    expect(at(fitted, "member", { member: null })).toBe(Number.NaN);
    expect(at(fitted, "memberOwn", { member: null })).toBe(0);
    expect(at(fitted, "memberOwn missing", { member: null })).toBe(1);
    expect(at(fitted, "memberBoth=false", { member: false })).toBe(1);
    expect(at(fitted, "noIncome", { income: null })).toBe(1);
    expect(at(fitted, "income ≥ 0", { income: null })).toBe(-1);
  });

  test("serves unknown levels as zero and tells, or refuses them, as declared", async () => {
    const fitted = await fit(everything, plain);
    const row = { ...person, plan: "gold" };
    expect(at(fitted, "plan=paid", row)).toBe(0);
    expect(at(fitted, "plan missing", row)).toBe(0);
    expect(fitted.unknowns(row)).toEqual(["plan", "rank"]);
    expect(fitted.unknowns({ ...person, plan: null })).toEqual([]);
    const strict = await fit(
      features(people, (c) => ({ plan: oneHot(c.plan, { unknown: "refuse" }) })),
      plain,
    );
    expect(() => strict.row(row)).toThrow('feature "plan": unknown level "gold"');
    await withFrame({ schema: people, rows: [person, row] }, (rows) =>
      expect(strict.matrix(rows)).rejects.toThrow(
        expect.objectContaining({ code: "feature/unknown-level" }),
      ),
    );
  });

  test("asks only for the columns it reads, without what is for people", async () => {
    const { reads } = await fit(
      features(people, (c) => ({ age: numeric(c.age) })),
      plain,
    );
    expect(reads).toEqual({ age: { kind: "int", nullable: true } });
  });

  test("refuses test rows, no rows, and rows it cannot learn from", async () => {
    const age = features(people, (c) => ({ age: standardize(c.age) }));
    const income = features(people, (c) => ({ income: standardize(c.income) }));
    const attempt = (
      definition: Features<(typeof people)["columns"]>,
      of: { rows: readonly Cells[]; part?: "test" },
    ) => withFrame({ schema: people, ...of }, (rows) => fitFeatures(definition, rows));
    const code = (expected: string) => expect.objectContaining({ code: expected });
    await expect(attempt(age, { rows: plain, part: "test" })).rejects.toThrow(
      code("feature/conflict-test-rows"),
    );
    await expect(attempt(age, { rows: [] })).rejects.toThrow(code("feature/missing-rows"));
    await expect(attempt(age, { rows: [{ ...person, age: null }] })).rejects.toThrow(
      code("feature/missing-values"),
    );
    for (const incomes of [[Infinity], [1e308, 1e308, -1e308]])
      await expect(
        attempt(income, { rows: incomes.map((value) => ({ ...person, income: value })) }),
      ).rejects.toThrow(code("feature/out-of-range-values"));
    const twice = features(people, (c) => ({
      plan: oneHot(c.plan),
      "plan=free": flag(c.plan.is("free")),
    }));
    await expect(attempt(twice, { rows: plain })).rejects.toThrow(code("feature/duplicate-names"));
  });

  test("refuses a frame of another schema", async () => {
    const age: Features = features(people, (c) => ({ age: numeric(c.age) }));
    const without = schema("without", { id: text() });
    const other = schema("other", { age: text() });
    const code = (expected: string) => expect.objectContaining({ code: expected });
    await withFrame<Columns, void>({ schema: without, rows: [{ id: "a" }] }, (rows) =>
      expect(fitFeatures(age, rows)).rejects.toThrow(code("feature/missing-column")),
    );
    await withFrame<Columns, void>({ schema: other, rows: [{ age: "4" }] }, (rows) =>
      expect(fitFeatures(age, rows)).rejects.toThrow(code("feature/mismatch-kind")),
    );
  });

  const row = fc.record({
    id: fc.string({ unit: "grapheme" }),
    age: fc.option(fc.integer({ min: -5, max: 120 })),
    income: fc.option(
      fc.oneof(fc.double({ min: -1e9, max: 1e9 }), fc.constantFrom(0, -0, 1e9, Number.NaN)),
    ),
    plan: fc.option(fc.constantFrom("free", "paid", "trial", "gold", "é'")),
    member: fc.option(fc.boolean()),
    joined: fc.option(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })),
  });
  const known = { ...person, age: 30, income: 1 };

  test("law: the matrix of a table is the rows' numbers, bit for bit, before and after JSON", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (some) => {
        const rows = [known, ...some];
        await withFrame({ schema: people, rows }, async (all) => {
          const fitted = await fitFeatures(everything, all);
          const again = featuresFromState(JSON.parse(JSON.stringify(fitted.state)));
          const matrix = await fitted.matrix(all);
          const d = fitted.names.length;
          expect([matrix.rows, matrix.cols]).toEqual([rows.length, d]);
          expect(again.names).toEqual(fitted.names);
          for (const [i, cells] of rows.entries()) {
            const inTable = matrix.data.subarray(i * d, (i + 1) * d);
            expect(fitted.row(cells)).toEqual(inTable);
            expect(again.row(cells)).toEqual(inTable);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  test("law: the same rows give the same state on one thread and on four", async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      ...person,
      income: Math.sin(i) * 1e6,
      age: i % 90,
    }));
    const states = await withFrame({ schema: people, rows }, async (all) => {
      const found: string[] = [];
      for (const threads of [1, 4]) {
        await engine.run(`SET threads = ${threads}`);
        found.push(JSON.stringify((await fitFeatures(everything, all)).state));
      }
      return found;
    });
    expect(states[1]).toBe(states[0]);
  });
});

describe("featuresFromState", () => {
  test("refuses a newer format and damaged states", async () => {
    const { state } = await fit(everything, plain);
    const [first] = state.features;
    const code = (value: unknown): unknown => {
      try {
        featuresFromState(JSON.parse(JSON.stringify(value)));
      } catch (error) {
        return (error as { code?: unknown }).code;
      }
      return "nothing was thrown";
    };
    expect(code(state)).toBe("nothing was thrown");
    expect(code({ ...state, format: 99 })).toBe("feature/unsupported-format");
    const corrupt: readonly unknown[] = [
      null,
      [],
      {},
      { ...state, format: "1" },
      { ...state, inputs: { age: { kind: "int" } } },
      { ...state, inputs: {} },
      { ...state, inputs: { ...state.inputs, age: { kind: "text", nullable: true } } },
      { ...state, features: [{ ...first, name: 3 }] },
      { ...state, features: [{ ...first, outputs: "none" }] },
      { ...state, features: [{ ...first, levels: { unknown: "ask" } }] },
    ];
    for (const value of corrupt.slice(0, 5)) expect(code(value)).toBe("feature/corrupt-state");
    for (const value of corrupt.slice(6)) expect(code(value)).toBe("feature/corrupt-state");
    expect(code(corrupt[5])).toBe("table/missing-columns");
    const broken = { ...first, outputs: [{ name: "a", node: { op: "eval" } }] };
    expect(code({ ...state, features: [broken] })).toBe("table/corrupt-expression");
  });
});
