import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  actionsOf,
  commitAs,
  dataFiles,
  filesOf,
  inFolders,
  newLake,
} from "../../../tests/support/lake.ts";
import { type BoolExpr, cells, toRow } from "../expr/index.ts";
import { frame } from "../frame.ts";
import { bool, float, int, schema, text, timestamp } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import { shapeOf } from "./shape.ts";
import { deltaFields, formatFields } from "./types.ts";
import { writeFiles } from "./write-files.ts";

const points = schema("points", { x: int(), y: int(), tag: text({ nullable: true }) });
const point = (x: number, y = 0) => ({ x, y, tag: null });

describe("writeFiles", () => {
  const shape = shapeOf("a.points", {
    id: "1",
    format: { provider: "parquet", options: {} },
    schemaString: formatFields(deltaFields(points.columns)),
    partitionColumns: [],
    configuration: {},
  });
  const sql =
    "SELECT range AS x, hash(range) % 1000 AS y, hash(range)::VARCHAR AS tag FROM range(500000)";

  test("splits a large write into several files, in order, all on the disk when it returns", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(0)]);
    const place = lake.place("a.points");
    const { engine, clock, ids } = lake;
    const written: string[] = [];
    const { adds, rows } = await writeFiles(
      { place, engine, clock, ids, written },
      { shape, sql, target: 2_000_000 },
    );
    expect(rows).toBe(500_000);
    expect(adds.length).toBeGreaterThan(2);
    const local = await Promise.all(adds.map(({ path }) => filesOf(table).local(path)));
    const paths = local.map((path) => `'${path}'`);
    const [order] = await engine.query(
      `SELECT count(*) AS n, count(*) FILTER (x < before) AS bad FROM (SELECT x, lag(x) OVER () AS before FROM read_parquet([${paths.join(", ")}]))`,
    );
    expect(order).toEqual({ n: 500_000, bad: 0 });
    expect(await dataFiles(table)).toHaveLength(adds.length + 1);
  });

  test("leaves nothing in a file by which 0 is not -0", async () => {
    const lake = await newLake();
    const table = lake.table("a.floats", schema("floats", { x: float() }));
    await table.append([{ x: 1 }, { x: -0 }, { x: 2 }]);
    expect(await (await table.read({ where: (c) => c.x.is(0) })).count()).toBe(1);
    const file = await filesOf(table).local((await dataFiles(table))[0] ?? "");
    const byEngine = `SELECT count(*) AS n FROM read_parquet(${quoteText(file)}) WHERE x = 0`;
    expect(await lake.engine.query(byEngine)).toEqual([{ n: 1 }]);
  });
});

describe("pruneFiles", () => {
  const all = schema("all", {
    i: int({ nullable: true }),
    f: float({ nullable: true }),
    t: text({ nullable: true }),
    b: bool({ nullable: true }),
    at: timestamp({ nullable: true }),
  });
  const or = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });
  const row = fc.record({
    i: or(fc.integer({ min: -3, max: 3 })),
    f: or(fc.constantFrom(-1.5, 0, -0, 2.5, Number.NaN, 1e300)),
    t: or(fc.constantFrom("", "a", "ü", "\u{1F600}", "\uFFFD", "z".repeat(40))),
    b: or(fc.boolean()),
    at: or(fc.constantFrom(new Date(0), new Date(1), new Date(1e12))),
  });
  const c = cells(all);
  const leaf = fc.oneof(
    fc
      .integer({ min: -4, max: 4 })
      .chain((n) =>
        fc.constantFrom(
          c.i.is(n),
          c.i.isBelow(n),
          c.i.isAtMost(n),
          c.i.isAbove(n),
          c.f.isAtLeast(n),
          c.f.is(n),
          c.i.isBelow(c.f),
        ),
      ),
    fc
      .constantFrom("", "a", "ü", "\u{1F600}", "z".repeat(40))
      .chain((t) => fc.constantFrom(c.t.is(t), c.t.isIn([t, "q"]))),
    fc.constantFrom(
      c.b,
      c.b.is(false),
      c.b.isMissing(),
      c.i.isMissing(),
      c.f.isMissing(),
      c.t.isMissing(),
      c.b.orElse(true),
    ),
    fc.constantFrom(c.at.isAfter(new Date(0)), c.at.isBefore(new Date(1)), c.at.isMissing()),
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

  test("law: reading with a condition gives the rows that a filter of all rows gives", async () => {
    const lake = await newLake();
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.array(condition, { minLength: 5, maxLength: 10 }),
        async (files, partitioned, conditions) => {
          made += 1;
          const table = lake.table(
            `a.t${made}`,
            all,
            partitioned ? { partitionBy: ["b", "i"] } : {},
          );
          for (const rows of files) await table.append(rows);
          const everything = await (await table.read()).rows();
          for (const condition of conditions) {
            const wanted = everything.filter((one) => toRow(condition)(one) === true);
            expect(await (await table.read({ where: () => condition })).rows()).toEqual(wanted);
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});

const statsIn = (add: unknown) =>
  JSON.parse((add as { stats: string }).stats) as { minValues: object; maxValues: object };

describe("stats", () => {
  test("round a moment's bounds outwards to the millisecond, and keep dates whole", async () => {
    const lake = await newLake();
    const moments = schema("moments", { at: timestamp() });
    const table = lake.table("a.moments", moments);
    const sql =
      "SELECT unnest([make_timestamptz(1700000000123456), make_timestamptz(1700000000123457)]) AS at";
    await table.append(frame({ engine: lake.engine, schema: moments, sql }));
    const [add] = (await actionsOf(table, 0)).flatMap((action) => action["add"] ?? []);
    expect(statsIn(add)).toMatchObject({
      minValues: { at: "2023-11-14T22:13:20.123Z" },
      maxValues: { at: "2023-11-14T22:13:20.124Z" },
    });
    const at = new Date(1_700_000_000_123);
    expect(await (await table.read({ where: (c) => c.at.isAfter(at).not() })).count()).toBe(2);
    expect(await (await table.read({ where: (c) => c.at.isAfter(at) })).count()).toBe(0);
  });

  test("of dates and moments without a zone are read and written as other writers do", async () => {
    const lake = await newLake();
    const days = schema("days", { d: timestamp(), t: timestamp() });
    const table = lake.table("a.days", days);
    await table.append([]);
    const [, { metaData = {} } = {}, ...rest] = (await actionsOf(table, 0)).filter(
      (action) => !action["commitInfo"],
    );
    expect(rest).toEqual([]);
    const fields = [
      { name: "d", type: "date", nullable: true, metadata: {} },
      { name: "t", type: "timestamp_ntz", nullable: true, metadata: {} },
    ];
    const features = ["timestampNtz"];
    await commitAs(table, 1, [
      {
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: features,
          writerFeatures: features,
        },
      },
      { metaData: { ...metaData, schemaString: JSON.stringify({ type: "struct", fields }) } },
    ]);
    const row = { d: new Date("2024-02-29"), t: new Date("2024-02-29T12:00:00.5Z") };
    await table.append([row]);
    expect(await (await table.read({ where: (c) => c.d.isAfter(row.d).not() })).rows()).toEqual([
      row,
    ]);
    const [add] = (await actionsOf(table, 2)).flatMap((action) => action["add"] ?? []);
    expect(statsIn(add).minValues).toEqual({
      d: "2024-02-29",
      t: "2024-02-29T12:00:00.500",
    });
    await expect(table.append([{ ...row, d: row.t }])).rejects.toMatchObject({
      code: "table/mismatch-value",
    });
  });

  test("gives no largest value where a NaN stands in any row group", async () => {
    const lake = await newLake();
    const floats = schema("n", { n: float({ nullable: true }), m: float() });
    const table = lake.table("a.n", floats);
    const sql =
      "SELECT CASE WHEN i = 0 THEN 'nan'::DOUBLE ELSE i END AS n, i::DOUBLE AS m FROM range(122881) t(i)";
    await table.append(frame({ engine: lake.engine, schema: floats, sql }));
    const add = (await actionsOf(table, 0)).find((action) => action["add"])?.["add"];
    const { maxValues } = JSON.parse(String(add?.["stats"])) as { maxValues: object };
    expect(maxValues).toEqual({ m: 122_880 });
  });
});

describe.runIf(inFolders())("scan", () => {
  test("reads the file of a name as it is, even where it would be a pattern", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points, { partitionBy: ["tag"] });
    await table.append([
      { ...point(1), tag: "[ab]*?" },
      { ...point(2), tag: "a" },
    ]);
    const at = join(table.path, "copy [ab]*?.parquet");
    await lake.engine.run(
      `COPY (SELECT 7::BIGINT AS x, 7::BIGINT AS y) TO '${at}' (FORMAT parquet)`,
    );
    await lake.engine.run(
      `COPY (SELECT 8::BIGINT AS x, 8::BIGINT AS y) TO '${join(table.path, "copy aXY.parquet")}' (FORMAT parquet)`,
    );
    await commitAs(table, 1, [
      {
        add: {
          path: "copy%20%5Bab%5D*%3F.parquet",
          partitionValues: { tag: "z" },
          size: 1,
          modificationTime: 1,
          dataChange: true,
        },
      },
    ]);
    expect((await (await table.read()).rows()).map(({ x }) => x).sort()).toEqual([1, 2, 7]);
  });
});
