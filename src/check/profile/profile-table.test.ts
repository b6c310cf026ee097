import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cell, ColumnKind } from "../../flow.ts";
import {
  bool,
  type Columns,
  type Engine,
  float,
  frame,
  int,
  openEngine,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";
import { check } from "../suite.ts";
import type { ColumnProfile, TableProfile } from "./profile.ts";
import { type ProfileOptions, profileTable } from "./profile-table.ts";
import { proposeSuite } from "./propose-suite.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

interface Given {
  readonly columns: Columns;
  readonly cells: readonly (readonly Cell[])[];
  readonly options?: ProfileOptions;
}

/** Profiles rows in memory, and hands the frame on while they are there. */
function withProfile<T>(
  { columns, cells, options = {} }: Given,
  work: (profile: TableProfile, rows: ReturnType<typeof frame>) => Promise<T> | T,
): Promise<T> {
  const target = schema("rows", columns);
  const typed = Object.entries(columns).map(([name, { kind }]) => ({ name, kind }));
  return engine.withRows({ columns: typed, cells }, async (table) => {
    const rows = frame({ engine, schema: target, sql: `SELECT * FROM ${table}` });
    return work(await profileTable(rows, options), rows);
  });
}
const profileOf = (
  columns: Columns,
  cells: readonly (readonly Cell[])[],
  options: ProfileOptions = {},
): Promise<TableProfile> => withProfile({ columns, cells, options }, (profile) => profile);

const column = (profile: TableProfile, name: string): ColumnProfile => {
  const found = profile.columns.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no column ${name}`);
  return found;
};
const one = async (spec: Columns[string], cells: readonly Cell[]): Promise<ColumnProfile> =>
  column(
    await profileOf(
      { x: spec },
      cells.map((cell) => [cell]),
    ),
    "x",
  );

describe("profileTable", () => {
  test("technical columns are named and not counted, so that rows delivered twice are duplicates", async () => {
    const columns = { _id: text(), x: int(), _row_id: text(), _Loaded_At: text() };
    const cells = [["a", 1, "f:1", "now"], ["a", 1, "f:2", "later"]]; // biome-ignore format: a table
    const profile = await profileOf(columns, cells);
    expect(profile).toMatchObject({ duplicateRows: 1, leftOut: ["_row_id", "_Loaded_At"] });
    expect(profile.columns.map(({ name }) => name)).toEqual(["_id", "x"]);
    const all = await profileOf(columns, cells, { technical: true, previous: profile });
    expect(all).toMatchObject({ duplicateRows: 0, leftOut: [], drift: { added: [] } });
    const back = await profileOf(columns, cells, { previous: all });
    expect(back.drift).toMatchObject({
      removed: [],
      columns: [{ column: "_id" }, { column: "x" }],
    });
    const { _row_id: rowId } = columns;
    const keyed = await profileOf({ _row_id: { ...rowId, key: true }, x: int() }, [["f:1", 1]]);
    expect(keyed).toMatchObject({ key: ["_row_id"], duplicateKeys: 0, leftOut: [] });
    expect((await profileOf({ _row_id: rowId }, [["f:1"]])).columns.length).toBe(1);
  });

  test("counts, bounds and moments of whole numbers are those made by hand", async () => {
    const x = await one(int({ nullable: true }), [4, -2, 0, null, 4, 9]);
    expect([x.count, x.missing, x.missingShare, x.distinct, x.distinctExact]).toEqual([
      5,
      1,
      1 / 6,
      4,
      true,
    ]);
    expect(x.top).toEqual([
      { value: "4", count: 2 },
      { value: "-2", count: 1 },
      { value: "0", count: 1 },
      { value: "9", count: 1 },
    ]);
    expect(x.topHolds).toBe("all");
    expect(x.number).toMatchObject({
      min: -2,
      max: 9,
      zeros: 1,
      negatives: 1,
      mean: 3,
      infinite: 0,
    });
    expect(x.number?.std ?? 0).toBeClose(Math.sqrt(72 / 4));
    expect(x.number?.quantiles.find(({ p }) => p === 0.5)?.value).toBe(4);
    expect(x.number?.histogram).toEqual({
      min: -2,
      width: 1,
      counts: [1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1],
    });
  });

  test("NaN is missing, and infinite values are counted and left out", async () => {
    const x = await one(float({ nullable: true }), [1, Number.NaN, Infinity, -Infinity, 3, null]);
    expect([x.count, x.missing, x.number?.infinite]).toEqual([4, 2, 2]);
    expect([x.number?.min, x.number?.max, x.number?.mean]).toEqual([1, 3, 2]);
  });

  test("numbers near the end of doubles have no deviation, and no error", async () => {
    const x = await one(float(), [1.7e308, 1.7e308, -1.7e308]);
    expect([x.number?.std, x.number?.histogram]).toEqual([null, null]);
  });

  test("texts have lengths, empty and padded ones, and a form where all have it", async () => {
    const ids = await one(text(), ["7590-VHVEG", "5575-GNVDE", "3668-QPYBK"]);
    expect(ids.text).toMatchObject({ shortest: 10, longest: 10, pattern: "\\d{4}-[A-Z]{5}" });
    const words = await one(text(), ["", " a", "bcd"]);
    expect(words.text).toEqual({
      shortest: 0,
      meanLength: rounded(5 / 3),
      longest: 3,
      empty: 1,
      padded: 1,
      pattern: null,
    });
  });

  test("a form that one of many texts breaks is not claimed", async () => {
    const texts = Array.from({ length: 500 }, (_, i) => (i === 321 ? "00x!" : String(1000 + i)));
    expect((await one(text(), texts)).text?.pattern).toBeNull();
  });

  test("times are measured in milliseconds, truth values by their counts", async () => {
    const at = await one(timestamp(), [new Date(0), new Date(86_400_000)]);
    expect([at.number?.min, at.number?.max, at.number?.mean]).toEqual([0, 86_400_000, 43_200_000]);
    const is = await one(bool({ nullable: true }), [true, false, true, null]);
    expect([is.number, is.top[0]]).toEqual([null, { value: "true", count: 2 }]);
  });

  test("a value that fills a column of many values is found", async () => {
    const texts = Array.from({ length: 6000 }, (_, i) => (i % 5 === 0 ? "N/A" : `name ${i}`));
    const x = await one(text(), texts);
    expect([x.topHolds, x.top, x.distinct]).toEqual([
      "heavy",
      [{ value: "N/A", count: 1200 }],
      4801,
    ]);
  });

  test("duplicates, constants and empty columns are named", async () => {
    const columns = { id: text({ key: true }), one: int(), none: text({ nullable: true }) };
    const profile = await profileOf(columns, [
      ["a", 1, null],
      ["a", 1, null],
      ["b", 1, null],
    ]);
    expect([profile.duplicateRows, profile.duplicateKeys, profile.key]).toEqual([1, 1, ["id"]]);
    expect([profile.constantColumns, profile.emptyColumns]).toEqual([["one"], ["none"]]);
  });

  test("a long text is cut where it is listed", async () => {
    const x = await one(text(), ["x".repeat(100_000), "x".repeat(100_000)]);
    expect([x.top[0]?.value.length, x.top[0]?.count, x.distinct, x.text?.longest]).toEqual([
      200, 2, 1, 100_000,
    ]);
  });

  test("rows by missing cells, and pairs missing together, are counted", async () => {
    const half = { nullable: true };
    const cells = Array.from({ length: 100 }, (_, i) => [
      i < 10 ? null : 1,
      i < 10 ? null : 1,
      i % 2 ? null : 1,
    ]);
    const { missing } = await profileOf({ a: int(half), b: int(half), c: int(half) }, cells);
    expect(missing.rows).toEqual([
      { missing: 0, rows: 45 },
      { missing: 1, rows: 45 },
      { missing: 2, rows: 5 },
      { missing: 3, rows: 5 },
    ]);
    const [first] = missing.pairs;
    expect(first).toMatchObject({ both: 10, expected: 1 });
    expect([first?.a, first?.b].toSorted()).toEqual(["a", "b"]);
    expect(first?.z ?? 0).toBeClose(9.949874371);
    expect(missing.pairsCounted).toBe(3);
    expect(missing.pairs[1]?.z ?? 1).toBeClose(0);
  });

  test("correlations are Pearson's over the rows where both have a value", async () => {
    const a = [1, 2, 3, 4, null, 6];
    const b = [2, 1, 4, null, 5, 7];
    const cells = a.map((value, i) => [value, b[i] ?? null, 5]);
    const half = { nullable: true };
    const { correlations } = await profileOf({ a: float(half), b: float(half), c: int() }, cells);
    expect(correlations.columns).toEqual(["a", "b"]);
    // x = 1 2 3 6, y = 2 1 4 7: Σ dx dy = 16, Σ dx² = 14, Σ dy² = 21.
    expect(correlations.values[0]?.[1] ?? 0).toBeClose(16 / Math.sqrt(14 * 21));
  });

  test("a table without rows has a profile", async () => {
    const profile = await profileOf({ x: int(), s: text() }, []);
    expect([profile.rows, profile.emptyColumns, column(profile, "x").missingShare]).toEqual([
      0,
      [],
      0,
    ]);
    expect(proposeSuite(profile).proposals).toHaveLength(1);
  });

  test("a sample is about as large as asked for, the same each time, and said", async () => {
    const cells = Array.from({ length: 5000 }, (_, i) => [i]);
    const profiles = [1, 2].map(() => profileOf({ x: int() }, cells, { sample: 1000 }));
    const [first, second] = await Promise.all(profiles);
    expect(first).toEqual(second);
    expect(first?.rows).toBe(5000);
    expect(Math.abs((first?.looked ?? 0) - 1000)).toBeLessThan(150);
  });

  test("a table of 60 columns takes two scans", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `c${i}`);
    const columns = Object.fromEntries(names.map((name, i) => [name, i % 2 ? text() : int()]));
    const queries: string[] = [];
    await engine.withRows(
      {
        columns: names.map((name, i) => ({ name, kind: (i % 2 ? "text" : "int") as ColumnKind })),
        cells: [names.map((_, i) => (i % 2 ? "a" : i)), names.map((_, i) => (i % 2 ? "b" : -i))],
      },
      async (table) => {
        const counting: Engine = {
          ...engine,
          queryJson: (sql) => {
            queries.push(sql);
            return engine.queryJson(sql);
          },
        };
        const rows = frame({
          engine: counting,
          schema: schema("wide", columns),
          sql: `SELECT * FROM ${table}`,
        });
        expect((await profileTable(rows)).columns).toHaveLength(60);
      },
    );
    expect(queries).toHaveLength(2);
  });

  test("an earlier profile makes a later one say what has moved", async () => {
    const cells = (shift: number): Cell[][] =>
      Array.from({ length: 2000 }, (_, i) => [Math.sin(i) + shift]);
    const previous = await profileOf({ x: float() }, cells(0));
    const same = await profileOf({ x: float() }, cells(0), { previous });
    const moved = await profileOf({ x: float() }, cells(1), { previous });
    expect(same.drift?.columns).toMatchObject([{ column: "x", psi: 0, level: "none" }]);
    expect(moved.drift?.columns[0]?.level).toBe("severe");
  });

  test("options that are none are refused", async () => {
    await expect(profileOf({ x: int() }, [], { topK: 0 })).rejects.toMatchObject({
      code: "option/out-of-range",
    });
    await expect(profileOf({ x: int() }, [], { bins: 1.5 })).rejects.toMatchObject({
      code: "option/out-of-range",
    });
    await expect(profileOf({ x: int() }, [], { top: 1 } as ProfileOptions)).rejects.toMatchObject({
      code: "option/unknown-name",
    });
  });
});

const cellsOf: Readonly<Record<string, fc.Arbitrary<Cell>>> = {
  i: fc.option(fc.integer({ min: -1000, max: 1000 })),
  f: fc.option(fc.double()),
  s: fc.option(fc.string({ unit: "grapheme", maxLength: 6 })),
  id: fc.stringMatching(/^[A-F]{2}-[0-9]{2}$/),
  c: fc.constantFrom("red", "green", "it's", '"', ""),
  b: fc.option(fc.boolean()),
};
const kinds = {
  i: int({ nullable: true }),
  f: float({ nullable: true }),
  s: text({ nullable: true }),
  id: text(),
  c: text(),
  b: bool({ nullable: true }),
};
const tables = fc.array(fc.tuple(...Object.values(cellsOf)), { maxLength: 40 });

describe("profileTable, as laws", () => {
  test("law: counts, different values and bins agree with the rows", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (cells) => {
        const profile = await profileOf(kinds, cells);
        for (const [i, { count, distinct, missing, number, top }] of profile.columns.entries()) {
          const values = cells
            .map((row) => row[i] ?? null)
            .filter((cell) => cell !== null && !Number.isNaN(cell));
          expect([count, count + missing]).toEqual([values.length, cells.length]);
          expect(distinct).toBe(new Set(values.map((value) => (value === 0 ? 0 : value))).size);
          const finite = values.filter((value) => Number.isFinite(value)).length;
          if (number?.histogram != null)
            expect(number.histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(finite);
          expect(top.length).toBe(Math.min(10, distinct));
        }
      }),
      { numRuns: 30 },
    );
  });

  test("law: the suite proposed from a table passes on that table", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom(0, 0.1, 1), async (cells, margin) => {
        const findings = await withProfile({ columns: kinds, cells }, async (profile, rows) => {
          const { suite } = proposeSuite(profile, { margin });
          return (await check(rows, suite)).findings;
        });
        expect(findings.filter(({ passed }) => !passed)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

const rounded = (value: number): number => Number(value.toPrecision(10));
