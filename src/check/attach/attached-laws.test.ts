import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { peerTable, readPeerCases } from "../../../tests/peer/great-expectations.ts";
import { actionsOf, commitAs, newLake } from "../../../tests/support/lake.ts";
import {
  bool,
  float,
  frame,
  int,
  type Lake,
  openEngine,
  type Row,
  schema,
  text,
} from "../../table/index.ts";
import { expectations } from "../expectation.ts";
import { readSuite } from "../json/suite-json.ts";
import { quarantineSchema } from "../split-by-expectations.ts";
import { suite } from "../suite.ts";
import { validate } from "../validate.ts";
import { tableExpectations } from "./table-expectations.ts";

const rows = schema("rows", {
  a: int({ nullable: true }),
  b: float({ nullable: true }),
  t: text({ nullable: true }),
  yes: bool({ nullable: true }),
});
const e = expectations(rows);
const keep = [
  e.between("b", { min: -1, strictMin: true }),
  e.matches("t", /[ab]*/),
  e.inSet("yes", [true]),
];
const drop = [
  e.isAtLeast("a", "b", { ignore: "any" }),
  e.lengthBetween("t", { max: 2 }, { when: (c) => c.yes.is(true) }),
  e.holds("a and b do not cancel out", (c) => c.a.plus(c.b).is(0).not()),
];
const row = fc.record({
  a: fc.option(fc.integer({ min: -3, max: 3 })),
  b: fc.option(fc.constantFrom(-1, -0.5, 0, 2, 1e300, Number.POSITIVE_INFINITY)),
  t: fc.option(fc.constantFrom("", "a", "ab", "abc", "äé", "\u{1f600}")),
  yes: fc.option(fc.boolean()),
});

describe("attached expectations", () => {
  test("law: kept and dropped rows are those given, and the counts are the suite's own", async () => {
    const lake = await newLake();
    const table = lake.table("law.rows", rows);
    const rejected = lake.table("law.rejected", quarantineSchema(rows));
    await table.append([]);
    await table.alter({
      expectations: tableExpectations(rows, { keep, drop, quarantine: "law.rejected" }),
    });
    const judged = suite("all", rows, [...keep, ...drop]);
    let [kept, dropped] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (given) => {
        const plain = lake.table("law.plain", rows);
        await plain.overwrite(given);
        const { results } = await validate(await plain.read(), judged, { resultFormat: "BASIC" });
        const { metrics, expectations: counts } = await table.append(given);
        kept += metrics["numOutputRows"] ?? 0;
        dropped += metrics["numDroppedRows"] ?? 0;
        expect(counts.map(({ failed }) => failed)).toEqual(
          results.map(({ result }) => result["unexpected_count"]),
        );
        for (const { passed, failed } of counts) expect(passed + failed).toBe(given.length);
        expect((metrics["numOutputRows"] ?? 0) + (metrics["numDroppedRows"] ?? 0)).toBe(
          given.length,
        );
      }),
      { numRuns: 40 },
    );
    expect(await (await table.read()).count()).toBe(kept);
    const quarantined = dropped === 0 ? 0 : await (await rejected.read()).count();
    expect([quarantined, dropped > 0]).toEqual([dropped, true]);
  });

  test("law: appends, merges and changes of the rules at once lose no row and judge by the rules of then", async () => {
    const lake = await newLake();
    const points = schema("points", { id: text({ key: true }), x: int() });
    const p = expectations(points);
    const table = lake.table("law.points", points);
    await table.append([]);
    const rules = tableExpectations(points, {
      drop: [p.between("x", { min: 0 })],
      quarantine: "law.gone",
    });
    await table.alter({ expectations: rules });
    const write = async (i: number): Promise<void> => {
      const other = lake.table("law.points", points);
      const given: Row<typeof points>[] = [
        { id: `${i}`, x: i },
        { id: `-${i}`, x: -i - 1 },
      ];
      if (i % 2 === 0) await other.append(given);
      else await other.merge(given, { on: ["id"] });
      if (i % 5 === 0) await other.alter({ changeFeed: i % 10 === 0 });
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => write(i)));
    const found = await (await table.read()).rows();
    const gone = await (await lake.table("law.gone", quarantineSchema(points)).read()).rows();
    expect(found.map(({ x }) => x).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    );
    expect(gone.map(({ x }) => -Number(x) - 1).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    );
  });

  test("count for every type that is about one row what the suite counts", async () => {
    const peer = await readPeerCases();
    const engine = await openEngine();
    const main = frame(peerTable(engine, peer, "main"));
    const lake = await newLake();
    const table = lake.table("law.main", main.schema);
    await table.append([]);
    const types = new Set<string>();
    for (const one of peer.cases.filter((given) => given.table === "main")) {
      const [expectation] = readSuite({ name: "one", expectations: [one.written] }).expectations;
      const attached = attach(expectation, main.schema);
      if (attached === undefined || expectation === undefined) continue;
      const judged = suite("one", main.schema, [expectation]);
      const { results } = await validate(main, judged, { resultFormat: "BASIC" });
      await table.alter({ expectations: attached });
      const { expectations: counts } = await table.overwrite(main);
      expect([one.type, counts[0]?.failed]).toEqual([
        one.type,
        results[0]?.result["unexpected_count"],
      ]);
      types.add(one.type);
    }
    expect(types.size).toBe(22);
    await engine.close();
  });
});

type Attached = ReturnType<typeof tableExpectations>;
function attach(
  expectation: ReturnType<typeof e.notNull> | undefined,
  target: Parameters<typeof tableExpectations>[0],
): Attached | undefined {
  try {
    return expectation && tableExpectations(target, { keep: [expectation] });
  } catch {
    return undefined;
  }
}

/** A table whose log says what another program put there. */
async function tableWith(lake: Lake, value: string) {
  const table = lake.table("law.odd", rows);
  await table.append([{ a: 1, b: 1, t: "a", yes: true }]);
  const history = await table.history();
  const { metaData } = await metaOf(lake);
  await commitAs(table, history.length, [
    { metaData: { ...metaData, configuration: { "millrace.expectations": value } } },
  ]);
  return table;
}

async function metaOf(lake: Lake) {
  const actions = await actionsOf(lake.table("law.odd", rows), 0);
  return { metaData: actions.find(({ metaData }) => metaData !== undefined)?.["metaData"] ?? {} };
}

const rule = (broken: string, columns: readonly string[] = ["a"]): string =>
  JSON.stringify({ format: 1, quarantine: null, rules: [{ name: "odd", action: "keep", mostly: 1, columns, looked: "true", broken, expectation: null }] }); // biome-ignore format: one value

describe("expectations of another's table", () => {
  test("are conditions on a row or are refused at a write, and rows can be read all the same", async () => {
    const wrong = [
      "(SELECT count(*) FROM read_text('/etc/passwd')) > 0",
      "a IN (SELECT 1)",
      "true) UNION ALL SELECT (true",
      "true FROM range(3)",
      "true; DROP TABLE x",
      "current_setting('home_directory') = ''",
      "getenv('HOME') = ''",
      "row_number() OVER () = 1",
      "max(a) > 1",
      "z > 1",
      "a.b > 1",
      "list_transform([a], lambda v: v)[1] = 1",
      "a > ",
      "$1",
    ];
    for (const broken of wrong) {
      const lake = await newLake();
      const table = await tableWith(lake, rule(broken));
      expect(await (await table.read()).count()).toBe(1);
      const write = table.append([{ a: 1, b: 1, t: "a", yes: true }]);
      await expect(write, broken).rejects.toMatchObject({ code: "table/unsupported-expectation" });
    }
  });

  test("of a form that is not known are refused", async () => {
    const known = JSON.parse(rule("false")) as { readonly rules: readonly object[] };
    const wrong = [
      "{",
      "[]",
      JSON.stringify({ ...known, format: 2 }),
      JSON.stringify({ ...known, quarantine: 5 }),
      JSON.stringify({ ...known, rules: [{ name: "x" }] }),
      JSON.stringify({ ...known, rules: [...known.rules, ...known.rules] }),
      rule("false", ["gone"]),
    ];
    for (const value of wrong) {
      const table = await tableWith(await newLake(), value);
      const write = table.append([{ a: 1, b: 1, t: "a", yes: true }]);
      await expect(write, value).rejects.toMatchObject({ code: "table/unsupported-expectation" });
    }
  });

  test("stop a change of the schema that takes a column from them", async () => {
    const lake = await newLake();
    const table = lake.table("law.narrow", rows);
    await table.append([]);
    await table.alter({ expectations: tableExpectations(rows, { keep: [e.notNull("t")] }) });
    const narrow = lake.table("law.narrow", schema("rows", { a: rows.columns.a }));
    await expect(narrow.overwrite([{ a: 1 }], { overwriteSchema: true })).rejects.toThrow(
      'reads column "t"',
    );
  });
});

describe("a source that is not the same twice", () => {
  test("is read once: the rows that are judged are those written and those in the quarantine", async () => {
    const lake = await newLake();
    const points = schema("points", { x: float() });
    const e = expectations(points);
    const half = e.between("x", { max: 0.5 });
    const sql = "SELECT random() AS x FROM range(20)";
    const changing = frame({ engine: lake.engine, schema: points, sql });
    const table = lake.table("law.twice", points);
    await table.append([]);
    await table.alter({
      expectations: tableExpectations(points, { drop: [half], quarantine: "law.rest" }),
    });
    for (let i = 0; i < 5; i++) await table.append(changing);
    const [kept, rest] = [await table.read(), await lake.sql("SELECT x FROM law.rest")];
    expect((await kept.rows()).filter(({ x }) => x > 0.5)).toEqual([]);
    expect((await rest.rows()).filter(({ x }) => Number(x) <= 0.5)).toEqual([]);
    expect((await kept.count()) + (await rest.count())).toBe(100);
  });

  test("cannot pass a rule that refuses rows by being judged as other ones", async () => {
    const lake = await newLake();
    const points = schema("points", { x: float() });
    const sql = "SELECT random() AS x FROM range(2)";
    const changing = frame({ engine: lake.engine, schema: points, sql });
    const table = lake.table("law.fails", points);
    await table.append([]);
    const rules = tableExpectations(points, {
      fail: [expectations(points).between("x", { max: 0.5 })],
    });
    await table.alter({ expectations: rules });
    for (let i = 0; i < 20; i++) await table.append(changing).catch(() => undefined);
    expect((await (await table.read()).rows()).filter(({ x }) => x > 0.5)).toEqual([]);
  });
});
