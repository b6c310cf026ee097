import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import type { Cells } from "../../flow.ts";
import { type BoolExpr, cells, toRow, toSql } from "../expr/index.ts";
import { bool, float, int, schema, text, timestamp } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import type { Add, PartitionValues } from "./actions.ts";
import { pruneFiles } from "./prune.ts";
import { copiedFile, deltaStats } from "./stats.ts";

/** Columns as files hold them: Delta's type, and what its cells are. */
const all = schema("all", {
  i: int({ nullable: true }),
  f: float({ nullable: true }),
  d: float({ nullable: true }),
  t: text({ nullable: true }),
  b: bool({ nullable: true }),
  at: timestamp({ nullable: true }),
  day: timestamp({ nullable: true }),
});
const c = cells(all);

/** A row as it stands in a file; moments are microseconds, days are days, since 1970. */
interface Stored {
  readonly i: bigint | null;
  readonly f: number | null;
  readonly d: number | null;
  readonly t: string | null;
  readonly b: boolean | null;
  readonly at: bigint | null;
  readonly day: number | null;
}

const dayMs = 86_400_000;
const or = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });
const last = "\u{10FFFF}";
const texts = [
  "",
  "a",
  "Z",
  "ü",
  "\u{1F600}",
  "\uFFFD",
  "z".repeat(31),
  "z".repeat(32),
  "z".repeat(40),
  `${"z".repeat(32)}${last}`,
  `${"z".repeat(32)}${last}${last}b`,
  last.repeat(40),
  `${"\u{1F600}".repeat(33)}`,
  "a\u0000b",
  "a b",
] as const;
const wholes = [
  0n,
  1n,
  -1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 53n - 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;
const doubles = [
  0,
  -0,
  0.1,
  -0.1,
  1 / 3,
  1e300,
  -1e300,
  5e-324,
  16_777_217,
  Number.NaN,
  Infinity,
  -Infinity,
] as const;
const micros = [
  0n,
  1n,
  -1n,
  -999n,
  -1000n,
  -1500n,
  123_456n,
  1_700_000_000_123_456n,
  -62_135_596_800_000_000n,
  253_402_300_799_999_999n,
  -999_999n,
] as const;
const days = [0, -1, 19_782, -719_162, 2_932_896] as const;

const stored: fc.Arbitrary<Stored> = fc.record({
  i: or(fc.oneof(fc.constantFrom(...wholes), fc.bigInt({ min: -5n, max: 5n }))),
  f: or(fc.constantFrom(...doubles).map(Math.fround)),
  d: or(fc.constantFrom(...doubles)),
  t: or(fc.constantFrom(...texts)),
  b: or(fc.boolean()),
  at: or(fc.constantFrom(...micros)),
  day: or(fc.constantFrom(...days)),
});

/** A function of what is there. */
const apply = <T, U>(value: T | null, work: (value: T) => U): U | null =>
  value === null ? null : work(value);
const dateOf = (day: number): Date => new Date(day * dayMs);
const millisOf = (us: bigint): Date => new Date(Number(us / 1000n));

/** The row as expressions see it: the engine cuts microseconds towards 1970. */
const seen = (row: Stored): Cells => ({
  ...row,
  i: apply(row.i, Number),
  at: apply(row.at, millisOf),
  day: apply(row.day, dateOf),
});

const number = fc.oneof(
  fc.constantFrom(
    ...doubles.filter(Number.isFinite),
    ...doubles.filter(Number.isFinite).map(Math.fround).filter(Number.isFinite),
  ),
  fc.constantFrom(...wholes).map(Number),
);
const moment = fc.oneof(
  fc.constantFrom(...micros).map(millisOf),
  fc.constantFrom(...days).map(dateOf),
);
const numbers = [c.i, c.f, c.d] as const;
const moments = [c.at, c.day] as const;
const leaf: fc.Arbitrary<BoolExpr> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...numbers), number)
    .chain(([x, n]) =>
      fc.constantFrom(x.is(n), x.isBelow(n), x.isAtMost(n), x.isAbove(n), x.isAtLeast(n)),
    ),
  fc
    .tuple(fc.constantFrom(...moments), moment)
    .chain(([x, at]) => fc.constantFrom<BoolExpr>(x.isBefore(at), x.isAfter(at))),
  fc.constantFrom(...texts).chain((t) => fc.constantFrom<BoolExpr>(c.t.is(t), c.t.isIn([t, "q"]))),
  fc.constantFrom<BoolExpr>(c.f.isBelow(c.d), c.d.isAtLeast(c.i), c.b, c.b.is(false)),
  fc.constantFrom<BoolExpr>(
    ...numbers.map((x) => x.isMissing()),
    ...moments.map((x) => x.isMissing()),
    c.t.isMissing(),
    c.b.isMissing(),
  ),
);
const { condition } = fc.letrec<{ condition: BoolExpr }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small" },
    leaf,
    tie("condition").map((a) => a.not()),
    fc
      .tuple(tie("condition"), tie("condition"))
      .chain(([a, b]) => fc.constantFrom(a.and(b), a.or(b))),
  ),
}));

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const least = <T>(values: readonly T[], order: (a: T, b: T) => number): T | undefined =>
  values.toSorted(order)[0];
const filled = <K extends keyof Stored>(rows: readonly Stored[], name: K) =>
  rows.flatMap((row) => (row[name] === null ? [] : [row[name] as NonNullable<Stored[K]>]));

/** The ISO text of microseconds with so many digits of the second, cut downwards. */
function iso(us: bigint, digits: 3 | 6): string {
  const rest = ((us % 1000n) + 1000n) % 1000n;
  const text = millisOf(us - rest).toISOString();
  return digits === 3 ? text : text.replace("Z", `${String(rest).padStart(3, "0")}Z`);
}
const date = (day: number): string => dateOf(day).toISOString().slice(0, 10);

/** The shortest text that reads as the float, as Java and Rust write it. */
function floatText(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** Spark's cut: 32 characters, and a character above the next one; not cut where there is none. */
function sparkMax(text: string): string {
  const characters = [...text];
  if (characters.length <= 32) return text;
  return characters[32] === last ? text : `${characters.slice(0, 32).join("")}${last}`;
}

/** Numbers by value with NaN last, as Spark orders them, or without it. */
function numberBounds(
  values: readonly number[],
  write: (n: number) => string,
  nanIsLargest: boolean,
) {
  const some = values.filter((n) => !Number.isNaN(n));
  const low = least(some, (a, b) => a - b);
  const high = least(some, (a, b) => b - a);
  const json = (n: number): string => (Number.isFinite(n) ? write(n) : JSON.stringify(String(n)));
  const hasNan = nanIsLargest && some.length < values.length;
  return {
    min: low === undefined ? undefined : json(low),
    max: hasNan ? '"NaN"' : high === undefined ? undefined : json(high),
  };
}

type Bounds = { readonly min?: string | undefined; readonly max?: string | undefined };

/** Statistics of some rows as Spark writes them, or as delta-rs does. */
function statsOf(rows: readonly Stored[], writer: "spark" | "delta-rs"): string {
  const spark = writer === "spark";
  const rising = (a: bigint, b: bigint): number => (a < b ? -1 : 1);
  const whole = filled(rows, "i").toSorted(rising).map(String);
  const sorted = <T>(values: readonly T[], order: (a: T, b: T) => number) => values.toSorted(order);
  const [t, at, day, b] = [
    sorted(filled(rows, "t"), byBytes),
    sorted(filled(rows, "at"), rising),
    sorted(filled(rows, "day"), (x, y) => x - y),
    sorted(filled(rows, "b"), (x, y) => Number(x) - Number(y)),
  ];
  const json = <T>(value: T | undefined, write: (value: T) => string): string | undefined =>
    value === undefined ? undefined : JSON.stringify(write(value));
  const cut = (text: string): string => (spark ? [...text].slice(0, 32).join("") : text);
  const bounds: Record<keyof Stored, Bounds> = {
    i: { min: whole[0], max: whole.at(-1) },
    f: numberBounds(filled(rows, "f"), floatText, spark),
    d: numberBounds(filled(rows, "d"), String, spark),
    t: { min: json(t[0], cut), max: json(t.at(-1), (text) => (spark ? sparkMax(text) : text)) },
    at: {
      min: json(at[0], (us) => iso(us, spark ? 3 : 6)),
      max: json(at.at(-1), (us) => iso(us, spark ? 3 : 6)),
    },
    day: { min: json(day[0], date), max: json(day.at(-1), date) },
    b: spark
      ? {}
      : {
          min: b.length === 0 ? undefined : String(b[0]),
          max: b.length === 0 ? undefined : String(b.at(-1)),
        },
  };
  const part = (side: "min" | "max"): string =>
    Object.entries(bounds)
      .flatMap(([name, of]) =>
        of[side] === undefined ? [] : [`${JSON.stringify(name)}:${of[side]}`],
      )
      .join();
  const nulls = Object.keys(bounds).map(
    (name) =>
      `${JSON.stringify(name)}:${rows.filter((row) => row[name as keyof Stored] === null).length}`,
  );
  return `{"numRecords":${rows.length},"minValues":{${part("min")}},"maxValues":{${part("max")}},"nullCount":{${nulls.join()}}}`;
}

const addOf = (stats: string | undefined, partitionValues: PartitionValues = {}): Add => ({
  path: "a",
  partitionValues,
  size: 1,
  modificationTime: 0,
  dataChange: true,
  ...(stats === undefined ? {} : { stats }),
});

const isKept = (add: Add, condition: BoolExpr, partitionBy: readonly string[] = []): boolean =>
  pruneFiles([add], { columns: all.columns, partitionBy }, condition.node).length === 1;
const holds = (rows: readonly Stored[], condition: BoolExpr): boolean =>
  rows.some((row) => toRow(condition)(seen(row)) === true);
const runs = Number(process.env["MILLRACE_RUNS"] ?? 500);

describe("pruneFiles", () => {
  test.each(["spark", "delta-rs"] as const)(
    "law: by the statistics of %s no file is skipped that holds a row",
    (writer) => {
      let skipped = 0;
      fc.assert(
        fc.property(
          fc.array(stored, { minLength: 1, maxLength: 4 }),
          fc.array(condition, { minLength: 1, maxLength: 8 }),
          (rows, conditions) => {
            const add = addOf(statsOf(rows, writer));
            for (const condition of conditions) {
              const kept = isKept(add, condition);
              if (!kept) skipped += 1;
              if (holds(rows, condition)) expect(kept, toSql(condition)).toBe(true);
            }
          },
        ),
        { numRuns: runs },
      );
      expect(skipped).toBeGreaterThan(runs / 2); // and it does skip
    },
  );

  test("law: by the values of partitions no file is skipped that holds a row", () => {
    const partitionBy = ["i", "t", "b", "at", "day"];
    fc.assert(
      fc.property(
        stored,
        fc.array(condition, { minLength: 1, maxLength: 8 }),
        (row, conditions) => {
          const values = {
            i: apply(row.i, String),
            t: row.t,
            b: apply(row.b, String),
            at: apply(row.at, (us) => iso(us, 6)),
            day: apply(row.day, date),
          };
          const held = { ...row, t: row.t === "" ? null : row.t }; // Delta's rule
          for (const condition of conditions)
            if (holds([held], condition))
              expect(isKept(addOf(undefined, values), condition, partitionBy)).toBe(true);
        },
      ),
      { numRuns: runs },
    );
  });

  test("law: by the statistics we write no file is skipped in which the engine finds a row", async () => {
    const lake = await newLake();
    const types = new Map([["i", "long"], ["f", "float"], ["d", "double"], ["t", "string"], ["b", "boolean"], ["at", "timestamp"], ["day", "date"]]); // biome-ignore format: a table
    const sqlOf = (row: Stored): string => {
      const written = [
        [apply(row.i, (n) => `'${n}'`), "BIGINT"],
        [apply(row.f, (n) => `'${n}'`), "FLOAT"],
        [apply(row.d, (n) => `'${n}'`), "DOUBLE"],
        [apply(row.t, quoteText), "VARCHAR"],
        [apply(row.b, String), "BOOLEAN"],
        [apply(row.at, (us) => `make_timestamptz(${us})`), "TIMESTAMPTZ"],
        [apply(row.day, (n) => `(DATE '1970-01-01' + ${n})`), "DATE"],
      ] as const;
      return `(${written.map(([value, type]) => `${value ?? "NULL"}::${type}`).join(", ")})`;
    };
    let file = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(stored, { minLength: 1, maxLength: 4 }),
        fc.array(condition, { minLength: 4, maxLength: 8 }),
        async (rows, conditions) => {
          file += 1;
          const path = `${lake.path}/${file}.parquet`;
          const [copied] = await lake.engine.queryJson(
            `COPY (SELECT * FROM (VALUES ${rows.map(sqlOf).join(", ")}) v(i, f, d, t, b, "at", day)) TO ${quoteText(path)} (FORMAT parquet, RETURN_STATS)`,
          );
          const stats = deltaStats(copiedFile(copied ?? {}), types);
          expect(JSON.parse(stats)).toMatchObject({ numRecords: rows.length });
          const counts = conditions.map(
            (condition, i) => `count(*) FILTER (${toSql(condition)}) AS c${i}`,
          );
          const [found = {}] = await lake.engine.query(
            `SELECT ${counts.join(", ")} FROM read_parquet(${quoteText(path)})`,
          );
          for (const [i, condition] of conditions.entries()) {
            const n = Number(found[`c${i}`]);
            if (n > 0)
              expect(isKept(addOf(stats), condition), `${toSql(condition)} by ${stats}`).toBe(true);
            expect(rows.filter((row) => toRow(condition)(seen(row)) === true)).toHaveLength(n);
          }
        },
      ),
      { numRuns: Math.ceil(runs / 10) },
    );
  });

  test("takes a bound of a 32-bit float for the float that it names", () => {
    const add = addOf(
      '{"numRecords":1,"minValues":{"f":0.1},"maxValues":{"f":0.1},"nullCount":{"f":0}}',
    );
    expect(isKept(add, c.f.isAbove(0.1))).toBe(true);
    expect(isKept(add, c.f.isAbove(0.2))).toBe(false);
  });

  test("cuts no text so that its bound lies below it", () => {
    const long = `${"z".repeat(32)}${last}${last}b`;
    const file = copiedFile({
      filename: "a",
      count: 1,
      file_size_bytes: 1,
      column_statistics: [
        {
          key: '"t"',
          value: [
            { key: "min", value: long },
            { key: "max", value: long },
          ],
        },
      ],
    });
    const { maxValues } = JSON.parse(deltaStats(file, new Map([["t", "string"]])));
    expect(byBytes(maxValues.t, long)).toBeGreaterThanOrEqual(0);
    expect(
      isKept(
        addOf(JSON.stringify({ numRecords: 1, minValues: { t: "a" }, maxValues })),
        c.t.is(long),
      ),
    ).toBe(true);
  });
});
