import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { openEngine } from "../adapter/duckdb.ts";
import { float, schema, text, timestamp } from "../schema.ts";
import { cells, parseNode, toRow, toRows, toSql, toTokens } from "./index.ts";
import { isPortable } from "./operations/portable-pattern.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const things = schema("things", {
  x: float({ nullable: true }),
  note: text({ nullable: true }),
  at: timestamp({ nullable: true }),
});
const { x, note, at } = cells(things);
const inEngine = async (sql: string, from: string) =>
  (await engine.query(`SELECT ${sql} AS v FROM (${from})`)).map((row) => row["v"]);

describe("operations on numbers", () => {
  test("law: logarithms, powers, exponentials, sines and cosines agree to 4e-16 of the value", async () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });
    const made = [x.log(), x.exp(), x.power(0.3), x.power(-2), x.sin(), x.cos()];
    const run = fc.asyncProperty(numbers, async (values) => {
      const from = `SELECT unnest([${values.map((v) => `'${v}'::DOUBLE`).join(", ")}]) AS x`;
      for (const expr of made) {
        const found = await inEngine(toSql(expr), from);
        for (const [i, value] of values.entries()) {
          const [ours, theirs] = [toRow(expr)({ x: value }), found[i] ?? null];
          if (typeof ours !== "number" || !Number.isFinite(ours)) expect(theirs).toBe(ours);
          else expect(Math.abs(ours - Number(theirs))).toBeLessThanOrEqual(Math.abs(ours) * 4e-16);
        }
      }
    });
    await fc.assert(run, { numRuns: 60 });
  });

  test("give missing where mathematics gives nothing", () => {
    expect(toRow(x.log())({ x: 0 })).toBe(null);
    expect(toRow(x.sqrt())({ x: -1 })).toBe(null);
    expect(toRow(x.sin())({ x: Infinity })).toBe(null);
    expect(toRow(x.power(0.5))({ x: -4 })).toBe(null);
    expect(toRow(x.power(0))({ x: null })).toBe(null);
  });

  test("find the bucket of a number, an edge belonging to the bucket above it", () => {
    const bucket = toRow(x.bucketOf([0, 10]));
    expect([-1, 0, 9.9, 10, null].map((value) => bucket({ x: value }))).toEqual([0, 1, 1, 2, null]);
  });

  test("follow a line, flat beyond its ends", () => {
    const height = toRow(x.interpolate([0, 10, 20], [0, 1, 0]));
    expect([-5, 5, 12, 99].map((value) => height({ x: value }))).toEqual([0, 0.5, 0.8, 0]);
  });

  test("refuse tables that are none", () => {
    const bad: readonly (() => unknown)[] = [
      () => x.bucketOf([]),
      () => x.bucketOf([1, 1]),
      () => x.step([1], [1]),
      () => x.step([1], [1, Number.NaN]),
      () => x.interpolate([1], [1]),
      () => x.interpolate([-1.7e308, 1.7e308], [0, 1]),
      () => note.lookup({ keys: ["a", "a"], values: [1, 2] }),
      () => note.lookup({ keys: ["a"], values: [] }),
      () => note.hash(-1),
      () => note.tokens({ pattern: "\\s" }),
      () => note.tokens({ ngrams: [2, 1] }),
      () => note.tokens({ letters: [4, 5] }),
      () => note.tokens({ letters: [2, 9] }),
      () => note.tokens({ letters: [2, 3], ngrams: [1, 2] }),
      () => at.part(JSON.parse('"century"')),
      () => at.part("hour", { zone: "Mars/Olympus" }),
    ];
    for (const work of bad)
      expect(work).toThrow(expect.objectContaining({ code: "table/unsupported-literal" }));
  });
});

describe("operations on texts", () => {
  test("write every character of Unicode in the lower case of the engine", async () => {
    const all =
      "SELECT chr(r::INT) AS note FROM range(1, 1114112) t(r) WHERE r < 55296 OR r > 57343";
    const found = await inEngine(`string_agg(lower(note), '')`, all);
    const text = String((await inEngine(`string_agg(note, '')`, all))[0]);
    expect(toRow(note.lower())({ note: text }) === found[0]).toBe(true);
  });

  test("find the same words in all of Unicode", async () => {
    const all =
      "SELECT chr(r::INT) AS note FROM range(1, 1114112) t(r) WHERE r < 55296 OR r > 57343";
    const text = String((await inEngine(`string_agg(note, '')`, all))[0]);
    const words = note.tokens();
    const [theirs] = await engine.queryJson(
      `SELECT ${toSql(words)} AS v FROM (SELECT string_agg(note, '') AS note FROM (${all}))`,
    );
    const ours = toTokens(words)({ note: text });
    expect(ours?.length).toBeGreaterThan(700);
    expect(theirs?.["v"]).toEqual(ours);
  });

  test("hash as MurmurHash3 does", () => {
    // scikit-learn 1.8, sklearn.utils.murmurhash3_32(text, seed)
    const known: readonly (readonly [string, number, number])[] = [
      ["", 0, 0],
      ["foo", 0, -156908512],
      ["foo", 42, -1322301282],
      ["abc DEF", 0, 1862838692],
      ["ÄB İx", 0, 1615851496],
      ["␀", 0, 189245192],
    ];
    for (const [value, seed, hash] of known)
      expect(toRow(note.hash(seed))({ note: value })).toBe(hash);
    expect(toRow(note.hash())({ note: "long ".repeat(1000) })).toBe(
      toRow(note.hash())({ note: "long ".repeat(1000) }),
    );
  });

  test("count an emoji as one character, and join with a separator", () => {
    expect(toRow(note.length())({ note: "a😀é" })).toBe(3);
    expect(toRow(note.joined(["x", note], "; "))({ note: "a" })).toBe("a; x; a");
    expect(toRow(note.joined([note]))({ note: null })).toBe(null);
  });

  test("cut runs of tokens without the stop words", () => {
    const cut = note.lower().tokens({ stopWords: ["the"], ngrams: [1, 2] });
    const found = toTokens(cut)({ note: "The slow, SLOW internet" });
    expect(found).toEqual(["slow", "slow", "internet", "slow slow", "slow internet"]);
    expect(toTokens(cut)({ note: null })).toBe(null);
    const mean = cut.meanOf({ keys: ["slow", "internet"], values: [1, 4] });
    expect(toRow(mean)({ note: "slow slow internet" })).toBe(2);
    expect(toRow(mean)({ note: "nothing known" })).toBe(null);
    expect(toRow(cut.total())({ note: "slow slow internet" })).toBe(5);
  });

  test("cut words into pieces of characters, with a space at both ends", () => {
    const cut = note.lower().tokens({ letters: [3, 4], stopWords: ["the"] });
    expect(toTokens(cut)({ note: "The Slow ü" })).toEqual([
      ...[" sl", "slo", "low", "ow ", " slo", "slow", "low "],
      " ü ",
    ]);
    const single = note.tokens({ letters: [1, 1] });
    expect(toTokens(single)({ note: "a𝄞_" })).toEqual([" ", "a", " ", " ", "_", " "]);
  });

  test("take patterns that mean the same everywhere, and no others", () => {
    for (const pattern of ["[a-z]+", "\\w\\w+", "(?:a|b)+c?", "[^ ,]+", "\\$\\d{1,3}"])
      expect(isPortable(pattern), pattern).toBe(true);
    for (const pattern of [
      ...["", "a*", "(a)", "(?=a)b", "(?<!a)b", "\\bfoo", "\\s+", "\\p{L}+", "a.c", "^a", "a$"],
      ...["(?<n>a)\\k<n>", "[a", "\\u{61}", "(?i:a)"],
    ])
      expect(isPortable(pattern), pattern).toBe(false);
  });
});

describe("parts of moments", () => {
  test("are those of the clock on the wall, before and after it is changed", () => {
    const hour = toRow(at.part("hour", { zone: "Europe/Berlin" }));
    const summer = Date.UTC(2026, 2, 29, 1); // 01:00 UTC: 02:00 becomes 03:00
    expect(hour({ at: new Date(summer - 1) })).toBe(1);
    expect(hour({ at: new Date(summer) })).toBe(3);
    expect(toRow(at.part("day", { zone: "Pacific/Auckland" }))({ at: new Date(summer) })).toBe(29);
  });

  test("know the week of ISO 8601 and Monday as the first day", () => {
    const monday = { at: new Date("2025-12-29T00:00:00Z") };
    expect(toRow(at.part("week"))(monday)).toBe(1);
    expect(toRow(at.part("weekday"))(monday)).toBe(0);
    expect(toRow(at.part("dayOfYear"))(monday)).toBe(363);
    expect(toRow(at.part("year"))({ at: null })).toBe(null);
  });
});

describe("toRows", () => {
  test("gives what each expression gives alone, also when a row is changed and used again", () => {
    const cut = note.tokens();
    const exprs = [cut.count("a"), cut.count("b"), cut.total(), x.plus(1)];
    const row = { x: 1 as number | null, note: "a b a" };
    const together = toRows(exprs);
    for (const said of ["a b a", "b", ""]) {
      row.note = said;
      expect([...together(row)]).toEqual(exprs.map((expr) => toRow(expr)(row)));
    }
  });
});

describe("parseNode", () => {
  test("refuses parameters that an operation cannot use", () => {
    const column = x.node;
    const bad: readonly unknown[] = [
      { op: "call", operation: "step", args: [column] },
      {
        op: "call",
        operation: "step",
        args: [column],
        params: { edges: [2, 1], values: [1, 2, 3] },
      },
      { op: "call", operation: "plus", args: [column, column], params: {} },
      { op: "call", operation: "hash", args: [note.node], params: { seed: "1" } },
      { op: "call", operation: "tokens", args: [note.node], params: { pattern: "(a+)+$" } },
      { op: "call", operation: "datePart", args: [at.node], params: { part: "__proto__" } },
    ];
    for (const node of bad)
      expect(() => parseNode(node, "test")).toThrow(
        expect.objectContaining({ code: "table/corrupt-expression" }),
      );
  });
});
