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
import { type Engine, openEngine } from "../adapter/duckdb.ts";
import { type BoolExpr, cells, toRow } from "../expr/index.ts";
import { frame } from "../frame.ts";
import { openTable } from "../open-table.ts";
import { bool, float, int, schema, text, timestamp } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import { shapeOf } from "./shape.ts";
import { deltaFields, formatFields } from "./types.ts";
import { writeFiles } from "./write-files.ts";

const points = schema("points", { x: int(), y: int(), tag: text({ nullable: true }) });
const point = (x: number, y = 0) => ({ x, y, tag: null });

describe("optimize", () => {
  test("packs small files, changes no row, and does nothing the second time", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    for (let x = 0; x < 5; x++) await table.append([point(x)]);
    const before = await (await table.read()).hash();
    const commit = await table.optimize();
    expect(commit.metrics).toMatchObject({ numAddedFiles: 1, numRemovedFiles: 5 });
    expect(await (await table.read()).hash()).toBe(before);
    expect((await table.optimize()).skipped).toBe(true);
    for (const { add, remove } of await actionsOf(table, 5))
      expect((add ?? remove)?.["dataChange"] ?? false).toBe(false);
  });

  test("keeps files of a partition apart and those that are large enough as they are", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points, { partitionBy: ["y"] });
    for (let i = 0; i < 4; i++) await table.append([point(i, i % 2)]);
    expect((await table.optimize()).metrics).toMatchObject({
      numAddedFiles: 2,
      numRemovedFiles: 4,
    });
    const { length: size } = await filesOf(table).get((await dataFiles(table))[0] ?? "");
    await table.append([point(9, 0)]);
    expect((await table.optimize({ targetBytes: size })).skipped).toBe(true);
  });

  test("clusters: each file then holds few values of the columns", async () => {
    const lake = await newLake();
    const grid = schema("grid", { x: int(), y: int() });
    const table = lake.table("a.grid", grid);
    const sql =
      "SELECT (hash(range) % 256)::BIGINT AS x, (hash(range * 7) % 256)::BIGINT AS y FROM range(300000)";
    await table.append(frame({ engine: lake.engine, schema: grid, sql }));
    const scanned = async (where: "x" | "y") => {
      const rows = (await table.read()).where((c) => c[where].is(17));
      return (rows.sql.match(/\.parquet'/g) ?? []).length;
    };
    const sum = async () =>
      lake.engine.query(
        `SELECT sum(x) AS x, sum(y) AS y, count(*) AS n FROM (${(await table.read()).sql})`,
      );
    const before = await sum();
    await table.optimize({ clusterBy: ["x", "y"], targetBytes: 15_000 });
    const files = (await table.history())[0]?.metrics["numAddedFiles"];
    expect(Number(files)).toBeGreaterThan(4);
    expect(await scanned("x")).toBeLessThan(Number(files) * 0.6);
    expect(await scanned("y")).toBeLessThan(Number(files) * 0.6);
    expect(await sum()).toEqual(before);
    await table.optimize({ clusterBy: ["x"], targetBytes: 30_000 });
    expect(await scanned("x")).toBeLessThan(3);
    await expect(table.optimize({ clusterBy: ["z" as "x"] })).rejects.toMatchObject({
      code: "table/unknown-column",
    });
  });
});

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

describe("commit", () => {
  test("that is in the log although the store failed is a commit, and keeps its files", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const good = lake.place("a.points").bytes;
    let fault: "after" | "before" | undefined;
    const bytes = {
      ...good,
      putIfAbsent: async (key: string, content: Uint8Array) => {
        if (fault === "before") throw new Error("the disk is gone");
        const put = await good.putIfAbsent(key, content);
        if (fault === "after") throw new Error("the folder could not be flushed");
        return put;
      },
    };
    const { engine, clock, ids } = lake;
    const faulty = openTable({
      place: { name: "a.points", folder: "tables/a/points", bytes },
      schema: points,
      options: {},
      engine,
      clock,
      ids,
      known: async () => [],
    });
    fault = "after";
    expect(await faulty.append([point(2)])).toMatchObject({ version: 1, skipped: false });
    fault = "before";
    await expect(faulty.append([point(3)])).rejects.toThrow("the disk is gone");
    expect((await (await table.read()).rows()).map(({ x }) => x)).toEqual([1, 2]);
    expect(await dataFiles(table)).toHaveLength(2);
  });

  test("lets forty merges of one process into a table at once", async () => {
    const lake = await newLake();
    const keyed = schema("keyed", { k: int({ key: true }), n: int() });
    const table = lake.table("a.keyed", keyed);
    await table.append([{ k: 0, n: 0 }]);
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        lake.table("a.keyed", keyed).merge([{ k: i % 7, n: i }], { on: ["k"] }),
      ),
    );
    expect(await (await table.read()).count()).toBe(7);
    expect(await table.version()).toBe(40);
  });

  test("holds what others append, and plans again only when they touched its rows", async () => {
    const lake = await newLake();
    const keyed = schema("keyed", { k: int({ key: true }), n: int() });
    const table = lake.table("a.keyed", keyed);
    const other = lake.table("a.keyed", keyed);
    await table.append([{ k: 1, n: 1 }]);
    await table.append([{ k: 2, n: 2 }]);
    const during = async (work: () => Promise<unknown>, how: () => Promise<unknown>) => {
      overtaken = 0;
      overtake = work;
      await how();
      return overtaken;
    };
    let overtaken = 0;
    let overtake: () => Promise<unknown> = async () => undefined;
    const confirm = async (): Promise<void> => {
      overtaken += 1;
      if (overtaken === 1) await overtake();
    };
    const merge = (k: number) => table.merge([{ k, n: 9 }], { on: ["k"], confirm });
    expect(
      await during(
        () => other.append([{ k: 5, n: 5 }]),
        () => merge(1),
      ),
    ).toBe(1);
    expect(
      await during(
        () => other.delete((c) => c.k.is(2)),
        () => merge(1),
      ),
    ).toBe(1);
    expect(
      await during(
        () => other.append([{ k: 7, n: 7 }]),
        () => merge(7),
      ),
    ).toBe(2);
    expect(
      await during(
        () =>
          other.update(
            (c) => c.k.is(1),
            () => ({ n: 3 }),
          ),
        () => merge(1),
      ),
    ).toBe(2);
    expect(
      await during(
        () => other.optimize(),
        () => merge(1),
      ),
    ).toBe(2);
    expect(
      await during(
        () => other.alter({ checks: { small: (c) => c.n.isBelow(10) } }),
        () => merge(8),
      ),
    ).toBe(2);
    const rows = await (await table.read()).rows();
    expect(rows.map(({ k, n }) => [k, n]).sort()).toEqual([
      [1, 9],
      [5, 5],
      [7, 9],
      [8, 9],
    ]);
  });

  test("makes a table once when two make it at once", async () => {
    const lake = await newLake();
    await Promise.all([1, 2, 3].map((x) => lake.table("a.points", points).append([point(x)])));
    const table = lake.table("a.points", points);
    expect(await (await table.read()).count()).toBe(3);
    const made = await Promise.all([0, 1, 2].map((v) => actionsOf(table, v)));
    expect(made.flat().filter(({ metaData }) => metaData)).toHaveLength(1);
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

describe("openEngine", () => {
  test("closes what was in use while it closed, and keeps no rows of a failed load", async () => {
    const engine: Engine = await openEngine();
    const slow = engine.query(
      "SELECT count(*) AS n FROM range(3000000) a WHERE hash(a.range) % 7 = 1",
    );
    await engine.close();
    expect((await slow)[0]?.["n"]).toBeGreaterThan(0);
    const other = await openEngine();
    const broken = {
      columns: [{ name: "x", kind: "int" as const }],
      cells: [[1], ["x"]] as unknown as number[][],
    };
    await expect(other.withRows(broken, async () => 1)).rejects.toThrow();
    const left = await other.query(
      "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name LIKE 'rows_%'",
    );
    expect(left[0]?.["n"]).toBe(0);
    await other.close();
  });
});
