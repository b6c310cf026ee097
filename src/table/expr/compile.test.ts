import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Cell, Cells } from "../../flow.ts";
import { openEngine } from "../adapter/duckdb.ts";
import {
  bool,
  type Columns,
  category,
  float,
  int,
  type Row,
  schema,
  text,
  timestamp,
} from "../schema.ts";
import {
  type BoolExpr,
  type CategoryExpr,
  cells,
  dateParts,
  type Expr,
  type NumberExpr,
  parseNode,
  type TextExpr,
  type TimestampExpr,
  toRow,
  toSql,
  when,
} from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const levels = ["Yes", "No", "it's", "é 🙂"] as const;
const columnNames = fc
  .uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), {
    minLength: 8,
    maxLength: 8,
    selector: (name) => name.toLowerCase(),
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: schemas refuse them
  .filter((names) => names.every((n) => n.trim() !== "" && !/[\u0000-\u001f\u007f]/.test(n)))
  .filter((names) => !names.includes("__proto__"));

const zeros = fc.constantFrom(0, -0);
const number = fc.oneof(
  zeros,
  fc.double(),
  fc.constantFrom(1, -1, Infinity, -Infinity, Number.NaN, 5e-324, 1.7976931348623157e308, 0.1),
);
const finite = fc.oneof(zeros, fc.double({ noNaN: true, noDefaultInfinity: true }));
const whole = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 }));
const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("'", '"', "\\", "a\0b", "NULL", "", " ", "Yes"),
);
const moment = fc.date({
  min: new Date("1900-01-01T00:00:00.000Z"),
  max: new Date("2200-01-01T00:00:00.000Z"),
  noInvalidDate: true,
});

const edges = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(0.5)), {
    minLength: 1,
    maxLength: 30,
  })
  .map((all) => all.sort((a, b) => a - b));
const parts = fc.constantFrom(...dateParts);
const zones = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kathmandu",
  "Africa/Casablanca",
);
const tables = fc.uniqueArray(texts, { maxLength: 30 }).chain((keys) =>
  fc.record(
    {
      keys: fc.constant(keys),
      values: fc.array(finite, { minLength: keys.length, maxLength: keys.length }),
      otherwise: fc.constantFrom(0, 0.5),
    },
    { requiredKeys: ["keys", "values"] },
  ),
);
const cuts = fc.oneof(
  fc.record(
    {
      pattern: fc.constantFrom("[a-z]+", "\\w\\w+", "(?:é|e)+[0-9]?"),
      stopWords: fc.array(fc.constantFrom("yes", "a", "e")),
      ngrams: fc.constantFrom([1, 1] as const, [1, 2] as const, [2, 3] as const),
    },
    { requiredKeys: [] },
  ),
  fc.record({
    stopWords: fc.array(fc.constantFrom("yes", "a", "e")),
    letters: fc.constantFrom([1, 2] as const, [3, 3] as const, [2, 5] as const),
  }),
);

interface Case {
  readonly rows: readonly Cells[];
  readonly expr: Expr;
  readonly columns: Columns;
}

/** Eight columns, two of most kinds, under random names; rows of them; an expression over them. */
const cases: fc.Arbitrary<Case> = columnNames.chain((names) => {
  const [n1 = "", n2 = "", n3 = "", t1 = "", k1 = "", b1 = "", b2 = "", m1 = ""] = names;
  const nullable = { nullable: true } as const;
  const columns = {
    [n1]: float(nullable),
    [n2]: int(nullable),
    [n3]: float(nullable),
    [t1]: text(nullable),
    [k1]: category(levels, nullable),
    [b1]: bool(nullable),
    [b2]: bool(nullable),
    [m1]: timestamp(nullable),
  };
  const c: Readonly<Record<string, Expr>> = cells(schema("random", columns));
  const row = fc.record({
    [n1]: fc.option(number),
    [n2]: fc.option(whole),
    [n3]: fc.option(number),
    [t1]: fc.option(texts),
    [k1]: fc.option(fc.constantFrom(...levels)),
    [b1]: fc.option(fc.boolean()),
    [b2]: fc.option(fc.boolean()),
    [m1]: fc.option(moment),
  });
  const leaf = {
    numbers: [c[n1], c[n2], c[n3]] as NumberExpr[],
    texts: [c[t1]] as TextExpr[],
    categories: [c[k1]] as CategoryExpr[],
    bools: [c[b1], c[b2]] as BoolExpr[],
    moments: [c[m1]] as TimestampExpr[],
  };
  return fc.record({
    columns: fc.constant(columns),
    rows: fc.array(row, { minLength: 1, maxLength: 5 }),
    expr: expressions(leaf),
  });
});

interface Leaves {
  readonly numbers: readonly NumberExpr[];
  readonly texts: readonly TextExpr[];
  readonly categories: readonly CategoryExpr[];
  readonly bools: readonly BoolExpr[];
  readonly moments: readonly TimestampExpr[];
}

/** Expressions of every kind up to depth 4, made with the public methods only. */
function expressions(leaf: Leaves): fc.Arbitrary<Expr> {
  type Kinds = {
    number: NumberExpr;
    text: TextExpr;
    category: CategoryExpr;
    bool: BoolExpr;
    moment: TimestampExpr;
    any: Expr;
  };
  const operand = (tie: fc.LetrecTypedTie<Kinds>) => fc.oneof(finite, tie("number"));
  const { any } = fc.letrec<Kinds>((tie) => ({
    number: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      fc.constantFrom(...leaf.numbers),
      fc
        .tuple(
          tie("number"),
          fc.constantFrom("plus", "minus", "times", "over", "atLeast", "atMost", "orElse"),
          operand(tie),
        )
        .map(([a, method, b]) => a[method as "plus"](b)),
      fc.tuple(tie("bool"), operand(tie), tie("number")).map(([i, a, b]) => when(i, a, b)),
      fc.tuple(tie("bool"), tie("number")).map(([i, a]) => when(i, a)),
      fc.tuple(tie("moment"), tie("moment")).map(([a, b]) => a.daysSince(b)),
      fc
        .tuple(tie("number"), fc.constantFrom("sqrt", "abs", "floor"))
        .map(([a, method]) => a[method as "sqrt"]()),
      fc.tuple(tie("number"), fc.constantFrom(1, 7, 0.1, -3)).map(([a, n]) => a.mod(n)),
      fc.tuple(tie("number"), edges).map(([a, at]) => a.bucketOf(at)),
      fc.tuple(tie("number"), edges).map(([a, at]) => a.interpolate([...at, 1e9], [...at, 0])),
      tie("number").map((a) => a.normalQuantile(1e-7)),
      fc.tuple(tie("moment"), parts, zones).map(([a, part, zone]) => a.part(part, { zone })),
      fc.tuple(tie("text"), fc.constantFrom(0, 7)).map(([a, seed]) => a.hash(seed)),
      tie("text").map((a) => a.length()),
      fc.tuple(tie("text"), tables).map(([a, table]) => a.lookup(table)),
      fc.tuple(tie("text"), cuts, texts).map(([a, cut, word]) => a.tokens(cut).count(word)),
      fc.tuple(tie("text"), cuts, tables).map(([a, cut, table]) => a.tokens(cut).meanOf(table)),
      fc.tuple(tie("text"), cuts, tables).map(([a, cut, table]) => a.tokens(cut).normOf(table)),
    ),
    text: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      fc.constantFrom(...leaf.texts),
      fc
        .tuple(tie("text"), fc.oneof(texts, tie("text"), tie("category")))
        .map(([a, b]) => a.orElse(b)),
      fc
        .tuple(tie("bool"), tie("text"), fc.oneof(texts, tie("text")))
        .map(([i, a, b]) => when(i, a, b)),
      fc
        .tuple(tie("text"), fc.array(fc.oneof(texts, tie("category"))))
        .map(([a, b]) => a.joined(b, "_")),
      fc.tuple(tie("text"), fc.boolean()).map(([a, x]) => (x ? a.lower() : a.trim())),
    ),
    category: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      fc.constantFrom(...leaf.categories),
      fc.tuple(tie("category"), fc.constantFrom(...levels)).map(([a, level]) => a.orElse(level)),
    ),
    moment: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      fc.constantFrom(...leaf.moments),
      fc.tuple(tie("moment"), fc.oneof(moment, tie("moment"))).map(([a, b]) => a.orElse(b)),
    ),
    bool: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      fc.constantFrom(...leaf.bools),
      fc
        .tuple(
          tie("number"),
          fc.constantFrom("is", "isBelow", "isAtMost", "isAbove", "isAtLeast"),
          operand(tie),
        )
        .map(([a, method, b]) => a[method as "is"](b)),
      fc.tuple(tie("text"), texts).map(([a, b]) => a.is(b)),
      fc.tuple(tie("text"), fc.array(texts, { minLength: 1 })).map(([a, b]) => a.isIn(b)),
      fc.tuple(tie("category"), fc.constantFrom(...levels)).map(([a, b]) => a.is(b)),
      fc
        .tuple(tie("category"), fc.subarray([...levels], { minLength: 1 }))
        .map(([a, b]) => a.isIn(b)),
      fc
        .tuple(tie("moment"), moment, fc.boolean())
        .map(([a, b, x]) => (x ? a.isBefore(b) : a.isAfter(b))),
      fc.tuple(tie("bool"), tie("bool")).map(([a, b]) => a.and(b)),
      fc.tuple(tie("bool"), tie("bool")).map(([a, b]) => a.or(b)),
      fc.tuple(tie("bool"), fc.boolean()).map(([a, b]) => a.is(b)),
      fc.tuple(tie("bool"), fc.oneof(fc.boolean(), tie("bool"))).map(([a, b]) => a.orElse(b)),
      fc.tuple(tie("bool"), tie("bool"), fc.boolean()).map(([i, a, b]) => when(i, a, b)),
      tie("bool").map((a) => a.not()),
      tie("any").map((a) => (a as NumberExpr).isMissing()),
    ),
    any: fc.oneof(tie("number"), tie("bool"), tie("text"), tie("category"), tie("moment")),
  }));
  return any;
}

/** Evaluates SQL in the engine over a real table of the rows. */
async function evaluate({ columns, rows }: Omit<Case, "expr">, sql: string): Promise<Cell[]> {
  const named = Object.entries(columns).map(([name, { kind }]) => ({ name, kind }));
  const cellsOf = rows.map((row) => named.map(({ name }) => row[name] ?? null));
  const found = await engine.withRows({ columns: named, cells: cellsOf }, (table) =>
    engine.query(`SELECT ${sql} AS value FROM ${table}`),
  );
  return found.map((row) => row["value"] ?? null);
}

const people = schema("people", {
  age: int({ nullable: true }),
  income: float(),
  name: text(),
  plan: category(["free", "paid"], { nullable: true }),
  active: bool(),
  seen: timestamp(),
});
const person: Row<typeof people> = {
  age: 40,
  income: 10,
  name: "Ann",
  plan: "paid",
  active: true,
  seen: new Date(86_400_000),
};
const c = cells(people);

describe("toSql and toRow", () => {
  test("law: they agree on every expression and row, bit for bit", async () => {
    const runs = fc.asyncProperty(cases, async ({ columns, rows, expr }) => {
      const inEngine = await evaluate({ columns, rows }, toSql(expr));
      const inRows = rows.map(toRow(expr));
      expect(inEngine).toEqual(inRows); // toEqual compares numbers by Object.is
    });
    await fc.assert(runs, { numRuns: 700 });
  });

  test("law: an expression survives JSON", () => {
    fc.assert(
      fc.property(cases, ({ expr, rows }) => {
        const node = parseNode(JSON.parse(JSON.stringify(expr.node)), "test");
        expect(toSql({ node })).toBe(toSql(expr));
        expect(rows.map(toRow({ node }))).toEqual(rows.map(toRow(expr)));
      }),
      { numRuns: 200 },
    );
  });

  test("make NaN, division by zero and ∞ − ∞ missing", () => {
    const ratio = toRow(c.income.over(c.income.minus(10)));
    expect(ratio({ ...person, income: 10 })).toBe(null);
    expect(ratio({ ...person, income: Number.NaN })).toBe(null);
    expect(toRow(c.income.minus(c.income))({ ...person, income: Infinity })).toBe(null);
  });

  test("keep the sign of zero where it is compared, as SQL does", () => {
    expect(toRow(c.income.atLeast(0))({ ...person, income: -0 })).toBe(-0);
    expect(toRow(c.income.atMost(c.income.times(-1)))({ ...person, income: 0 })).toBe(0);
  });

  test("keep SQL's three-valued logic", () => {
    const open = c.age.isAbove(18); // missing when age is
    const row = { ...person, age: null };
    expect(toRow(open.and(c.active.not()))(row)).toBe(false);
    expect(toRow(open.or(c.active))(row)).toBe(true);
    expect(toRow(open.and(c.active))(row)).toBe(null);
    expect(toRow(open.not())(row)).toBe(null);
    expect(toRow(open.orElse(false))(row)).toBe(false);
    expect(toRow(c.age.isMissing())(row)).toBe(true);
  });

  test("count days between moments", () => {
    expect(toRow(c.seen.daysSince(new Date(0)))(person)).toBe(1);
    expect(toRow(c.seen.isAfter(new Date(0)))(person)).toBe(true);
  });

  test("read only the columns they name, each once", () => {
    const { reads } = c.income.over(c.age).plus(c.age).isBelow(3).and(c.active);
    expect(reads).toEqual(["income", "age", "active"]);
  });
});

describe("toRow", () => {
  test("refuses a cell of another type, naming the column", () => {
    const cases: readonly [Expr, Cells][] = [
      [c.age, { age: "40" }],
      [c.age, { age: 40.5 }],
      [c.age, {}],
      [c.income, { income: true }],
      [c.name, { name: 3 }],
      [c.plan, { plan: 3 }],
      [c.active, { active: "yes" }],
      [c.seen, { seen: "1970" }],
      [c.seen, { seen: new Date(Number.NaN) }],
    ];
    for (const [expr, row] of cases)
      expect(() => toRow(expr)(row)).toThrow(
        expect.objectContaining({ code: "table/mismatch-type" }),
      );
    expect(() => toRow(c.age)({ age: "40" })).toThrow(
      'row: column "age" must hold a whole number or null; got "40"',
    );
  });
});

describe("expressions", () => {
  const refused = (work: () => unknown, code: string) =>
    expect(work).toThrow(expect.objectContaining({ code }));

  test("refuse literals that JSON or SQL cannot hold", () => {
    refused(() => c.age.plus(Number.NaN), "table/unsupported-literal");
    refused(() => c.age.plus(Infinity), "table/unsupported-literal");
    refused(() => c.name.is("\ud800"), "table/unsupported-literal");
    refused(() => c.seen.isAfter(new Date(Number.NaN)), "table/unsupported-literal");
    refused(() => c.active.is(JSON.parse("1")), "table/unsupported-literal");
    refused(() => c.plan.is(JSON.parse('"gold"')), "table/unsupported-literal");
    refused(() => when(c.active, 1, JSON.parse('"one"')), "table/unsupported-literal");
  });

  test("refuse an empty list of choices", () => {
    refused(() => c.name.isIn([]), "table/missing-choices");
  });

  test("refuse JSON that is no expression", () => {
    const column = c.age.node;
    const corrupt: readonly unknown[] = [
      null,
      3,
      [],
      {},
      { op: "column", name: 3, kind: "int" },
      { op: "column", name: "a", kind: "number" },
      { op: "literal", kind: "number", value: "3" },
      { op: "literal", kind: "date", value: 3 },
      { op: "call", operation: "plus", args: [column] },
      { op: "call", operation: "plus", args: [column, c.name.node] },
      { op: "call", operation: "plus" },
    ];
    for (const value of corrupt)
      refused(() => parseNode(value, "test"), "table/corrupt-expression");
    refused(
      () => parseNode({ op: "call", operation: "logarithm", args: [column] }, "test"),
      "table/unknown-operation",
    );
  });
});

describe("a long sum", () => {
  test("is written in a text that grows with its length, not doubling at each step", () => {
    const { x } = cells(schema("t", { x: float() }));
    const textOf = (steps: number): string => {
      let sum: NumberExpr<"x"> = x;
      for (let i = 0; i < steps; i++) sum = sum.plus(1);
      return toSql(sum);
    };
    expect(textOf(32).length).toBeLessThan(3 * textOf(16).length);
    expect(textOf(9).match(/nullif/g)).toHaveLength(2); // at the column, and at the end
  });
});
