import { describe, expect, test } from "vitest";
import { actionsOf, commitAs, dataFiles, newLake } from "../../../tests/support/lake.ts";
import { bool, category, float, int, schema, text, timestamp } from "../schema.ts";
import { withFeature } from "./protocol.ts";

const sales = schema("sales", {
  id: int({ key: true }),
  city: text({ nullable: true }),
  open: bool(),
  total: float({ nullable: true }),
});
const sale = (id: number, city: string | null, total: number | null = 1) => ({
  id,
  city,
  open: id % 2 === 0,
  total,
});

describe("partitions", () => {
  const cities = ["São Paulo", "a/b", "100%", "x=y", "it's", null, "..", "*?[a]", "NULL", "\t"];

  test("keep every value, whatever the path of a file can say", async () => {
    const lake = await newLake();
    const table = lake.table("shop.sales", sales, { partitionBy: ["city", "open"] });
    const rows = cities.map((city, i) => sale(i, city));
    await table.append(rows);
    await table.append(rows.map((row) => ({ ...row, id: row.id + 100 })));
    const read = async () => (await (await table.read()).rows()).toSorted((a, b) => a.id - b.id);
    expect(await read()).toEqual([...rows, ...rows.map((row) => ({ ...row, id: row.id + 100 }))]);
    await table.update(
      (c) => c.city.is("São Paulo"),
      () => ({ city: "Rio" }),
    );
    await table.merge([sale(1, "moved")], { on: ["id"] });
    await table.delete((c) => c.city.isMissing());
    const left = await read();
    expect(left).toHaveLength(18);
    expect(left.slice(0, 2).map(({ city }) => city)).toEqual(["Rio", "moved"]);
    const adds = (await actionsOf(table, 0)).flatMap(({ add }) => (add ? [add] : []));
    expect(adds.map(({ partitionValues }) => partitionValues)).toContainEqual({
      city: null,
      open: "false",
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the tab must be written as %09
    for (const { path } of adds) expect(path).not.toMatch(/[\u0000-\u0020 *?[]/);
  });

  test("skip files by value before any is opened", async () => {
    const lake = await newLake();
    const table = lake.table("shop.sales", sales, { partitionBy: ["city"] });
    await table.append([sale(1, "a"), sale(2, "b"), sale(3, null)]);
    const filesIn = (sql: string): number => (sql.match(/\.parquet'/g) ?? []).length;
    const rows = await table.read();
    expect(filesIn(rows.where((c) => c.city.is("a")).sql)).toBe(1);
    expect(filesIn(rows.where((c) => c.city.isMissing()).sql)).toBe(1);
    expect(
      filesIn(
        rows.where((c) => c.city.is("a").or(c.city.is("b"))).where((c) => c.id.isBelow(2)).sql,
      ),
    ).toBe(1);
    expect(await (await table.read({ where: (c) => c.city.is("b").not() })).rows()).toEqual([
      sale(1, "a"),
    ]);
  });

  test("are refused where readers differ, and where the table has others", async () => {
    const lake = await newLake();
    const bad = (partitionBy: readonly ("id" | "city" | "open" | "total")[]) =>
      lake.table("shop.sales", sales, { partitionBy }).append([sale(1, "a")]);
    await expect(bad(["total"])).rejects.toMatchObject({ code: "table/unsupported-partition" });
    await expect(bad(["id", "id"])).rejects.toMatchObject({ code: "table/unsupported-partition" });
    await expect(bad(["town" as "city"])).rejects.toMatchObject({
      code: "table/unsupported-partition",
    });
    const one = lake.table("a.one", schema("one", { c: text() }), { partitionBy: ["c"] });
    await expect(one.append([{ c: "x" }])).rejects.toMatchObject({
      code: "table/unsupported-partition",
    });
    await bad(["city"]);
    await expect(bad(["open"])).rejects.toMatchObject({ code: "table/mismatch-partitions" });
    await expect(bad(["city"])).resolves.toMatchObject({ version: 1 });
    await expect(lake.table("shop.sales", sales).append([sale(2, "")])).rejects.toMatchObject({
      code: "table/mismatch-value",
    });
    const strict = schema("sales", { ...sales.columns, city: text() });
    await expect(
      lake
        .table("shop.sales", strict)
        .append([{ ...sale(2, "a"), city: null as unknown as string }]),
    ).rejects.toMatchObject({ code: "table/mismatch-null" });
    expect(await one.exists()).toBe(false);
  });
});

describe("overwrite", () => {
  test("by a condition replaces the rows that meet it, and refuses rows that do not", async () => {
    const lake = await newLake();
    const table = lake.table("shop.sales", sales);
    await table.append([sale(1, "a"), sale(2, "b")]);
    await table.append([sale(3, "b")]);
    await table.overwrite([sale(9, "b")], { where: (c) => c.city.is("b") });
    expect((await (await table.read()).rows()).map(({ id }) => id).sort()).toEqual([1, 9]);
    await expect(
      table.overwrite([sale(4, "a"), sale(5, null)], { where: (c) => c.city.is("b") }),
    ).rejects.toMatchObject({ code: "table/mismatch-predicate", details: { rows: 2 } });
    expect(await table.version()).toBe(2);
  });

  test("of the schema gives the table other columns; earlier versions keep theirs", async () => {
    const lake = await newLake();
    await lake.table("shop.sales", sales).append([sale(1, "a")]);
    const other = schema("sales", { id: text(), n: int() });
    const table = lake.table("shop.sales", other);
    await expect(table.overwrite([{ id: "x", n: 1 }])).rejects.toMatchObject({
      code: "table/mismatch-schema",
    });
    await table.overwrite([{ id: "x", n: 1 }], { overwriteSchema: true });
    expect(await (await table.read()).rows()).toEqual([{ id: "x", n: 1 }]);
    expect(await (await lake.table("shop.sales", sales).read({ version: 0 })).rows()).toEqual([
      sale(1, "a"),
    ]);
  });
});

describe("evolve", () => {
  const wider = schema("sales", { ...sales.columns, note: text({ nullable: true }) });

  test("adds nullable columns, which older rows lack", async () => {
    const lake = await newLake();
    await lake.table("shop.sales", sales).append([sale(1, "a")]);
    const table = lake.table("shop.sales", wider);
    const rows = [{ ...sale(2, "b"), note: "n" }];
    await expect(table.append(rows)).rejects.toMatchObject({ code: "table/mismatch-columns" });
    await table.append(rows, { evolve: true });
    await table.merge([{ ...sale(1, "a"), note: "m" }], { on: ["id"], evolve: true });
    expect((await (await table.read()).rows()).map(({ id, note }) => [id, note]).sort()).toEqual([
      [1, "m"],
      [2, "n"],
    ]);
    const narrow = lake.table("shop.sales", sales);
    await expect(narrow.append([sale(3, "c")])).rejects.toMatchObject({
      code: "table/mismatch-columns",
    });
    await narrow.append([sale(3, "c")], { evolve: true });
    expect(await (await table.read({ where: (c) => c.id.is(3) })).rows()).toEqual([
      { ...sale(3, "c"), note: null },
    ]);
    expect(await (await table.read({ version: 2 })).count()).toBe(2);
  });

  test("refuses what older rows could not hold, by name", async () => {
    const lake = await newLake();
    await lake.table("shop.sales", sales).append([sale(1, "a")]);
    const strict = schema("sales", { ...sales.columns, note: text() });
    await expect(
      lake.table("shop.sales", strict).append([{ ...sale(2, "b"), note: "n" }], { evolve: true }),
    ).rejects.toMatchObject({ code: "table/unsupported-addition", details: { column: "note" } });
    const floats = schema("sales", { ...sales.columns, id: float() });
    await expect(
      lake.table("shop.sales", floats).append([sale(2, "b")], { evolve: true }),
    ).rejects.toMatchObject({ code: "table/unsupported-widening", details: { from: "long" } });
    const texts = schema("sales", { ...sales.columns, id: text() });
    await expect(
      lake.table("shop.sales", texts).append([{ ...sale(2, "b"), id: "2" }], { evolve: true }),
    ).rejects.toMatchObject({ code: "table/mismatch-schema" });
  });

  test("has no change data feed beside a column that the feed has", async () => {
    const lake = await newLake();
    const refused = {
      code: "table/unsupported-feature",
      details: { feature: expect.stringContaining("_Commit_version") },
    };
    const columns = { x: int(), _Commit_version: int() };
    const row = { x: 1, _Commit_version: 99 };
    const fed = lake.table("a.fed", schema("fed", columns), { changeFeed: true });
    await expect(fed.append([row])).rejects.toMatchObject(refused);
    const table = lake.table("a.plain", schema("plain", columns));
    await table.append([row]);
    await expect(table.alter({ changeFeed: true })).rejects.toMatchObject(refused);
    expect(await table.version()).toBe(0);
  });

  test("lists a feature that came with older versions for readers and writers alike", () => {
    const widened = (minReaderVersion: number, minWriterVersion: number) =>
      withFeature({ minReaderVersion, minWriterVersion }, "typeWidening");
    expect(widened(2, 5)).toMatchObject({
      readerFeatures: ["columnMapping", "typeWidening"],
      writerFeatures: expect.arrayContaining(["columnMapping", "typeWidening"]),
    });
    for (const { readerFeatures = [], writerFeatures = [] } of [widened(1, 5), widened(2, 4)]) {
      expect(readerFeatures).toEqual(["typeWidening"]);
      expect(writerFeatures).not.toContain("columnMapping");
    }
  });

  test("widens the whole numbers of other writers to float where Delta does", async () => {
    const lake = await newLake();
    const ints = schema("n", { n: int() });
    const table = lake.table("a.n", ints);
    await table.append([{ n: 1 }]);
    const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
    const fields = [{ name: "n", type: "integer", nullable: true, metadata: {} }];
    await commitAs(table, 1, [
      { metaData: { ...metaData, schemaString: JSON.stringify({ type: "struct", fields }) } },
    ]);
    await expect(lake.table("a.n", ints).append([{ n: 3_000_000_000 }])).rejects.toMatchObject({
      code: "table/mismatch-value",
    });
    const floats = lake.table("a.n", schema("n", { n: float() }));
    await floats.append([{ n: 0.5 }], { evolve: true });
    expect((await (await floats.read()).rows()).map(({ n }) => n)).toEqual([1, 0.5]);
    const actions = await actionsOf(table, 2);
    expect(actions.find(({ protocol }) => protocol)?.["protocol"]).toEqual({
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: ["typeWidening"],
      writerFeatures: ["appendOnly", "invariants", "typeWidening"],
    });
  });
});

describe("checks", () => {
  const kinds = schema("kinds", {
    n: int({ nullable: true }),
    t: text({ nullable: true }),
    b: bool({ nullable: true }),
    at: timestamp({ nullable: true }),
    "odd`name`": float({ nullable: true }),
  });
  const good = { n: 5, t: "it's", b: true, at: new Date("2024-01-01"), "odd`name`": 0.5 };

  test("hold for every row that is written, by any operation", async () => {
    const lake = await newLake();
    const table = lake.table("a.kinds", kinds, {
      checks: {
        positive: (c) => c.n.isAtLeast(0).and(c.n.isBelow(100)),
        named: (c) => c.t.is("it's").or(c.t.is("ü")).or(c.b),
        late: (c) => c.at.isAfter(new Date("2020-01-01")).and(c["odd`name`"].isMissing().not()),
      },
    });
    await table.append([good]);
    const bad = [
      [{ ...good, n: -1 }, "positive"],
      [{ ...good, n: null }, "positive"],
      [{ ...good, t: "x", b: false }, "named"],
      [{ ...good, at: new Date(0) }, "late"],
      [{ ...good, "odd`name`": null }, "late"],
    ] as const;
    for (const [row, check] of bad)
      await expect(table.append([row])).rejects.toMatchObject({
        code: "table/mismatch-check",
        details: { check, rows: 1 },
      });
    await expect(table.append([{ ...good, n: -1 }])).rejects.toThrow(
      /, for example n = "-1"; nothing/,
    );
    await expect(table.append([{ ...good, n: null }])).rejects.toThrow(
      ", for example n missing: a missing value makes the check neither true nor false; nothing",
    );
    await expect(
      table.update(
        (c) => c.n.is(5),
        () => ({ n: 100 }),
      ),
    ).rejects.toMatchObject({ code: "table/mismatch-check" });
    await expect(table.merge([{ ...good, n: 1000 }], { on: ["t"] })).rejects.toMatchObject({
      code: "table/mismatch-check",
    });
    expect(await dataFiles(table)).toHaveLength(1);
    const [protocol] = (await actionsOf(table, 0)).flatMap((action) => action["protocol"] ?? []);
    expect(protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 3 });
  });

  test("take NaN for larger than every number, as Spark does", async () => {
    const lake = await newLake();
    const nan = { ...good, "odd`name`": Number.NaN };
    for (const [name, condition, passes] of [
      ["least", "`odd``name``` >= 0", true],
      ["most", "`odd``name``` <= 100", false],
      ["same", "`odd``name``` = `odd``name```", true],
    ] as const) {
      const table = lake.table(`a.${name}`, kinds);
      await table.append([good]);
      const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
      const configuration = { [`delta.constraints.${name}`]: condition };
      await commitAs(table, 1, [{ metaData: { ...metaData, configuration } }]);
      const written = await table.append([nan]).then(
        () => true,
        (error: unknown) => error,
      );
      if (passes) expect(written, name).toBe(true);
      else expect(written, name).toMatchObject({ code: "table/mismatch-check" });
    }
  });

  test("are added to rows that pass them, and dropped by name", async () => {
    const lake = await newLake();
    const table = lake.table("a.kinds", kinds);
    await table.append([good]);
    await expect(table.alter({ checks: { big: (c) => c.n.isAbove(5) } })).rejects.toMatchObject({
      code: "table/mismatch-check",
      details: { sample: { values: { n: "5" }, isUnknown: false } },
    });
    await table.alter({ checks: { big: (c) => c.n.isAbove(4) } });
    await expect(table.append([{ ...good, n: 1 }])).rejects.toMatchObject({
      code: "table/mismatch-check",
    });
    expect((await table.alter({ checks: { big: (c) => c.n.isAbove(4) } })).skipped).toBe(true);
    await expect(table.alter({ checks: { bog: null } })).rejects.toMatchObject({
      code: "table/unknown-check",
    });
    await table.alter({ checks: { big: null } });
    await table.append([{ ...good, n: 1 }]);
  });

  test("that other writers would judge otherwise are refused, and theirs are kept where they are plain", async () => {
    const lake = await newLake();
    const table = lake.table("a.kinds", kinds);
    await table.append([good]);
    await expect(
      table.alter({ checks: { fold: (c) => c.t.orElse("x").is("x") } }),
    ).rejects.toMatchObject({ code: "table/unsupported-check" });
    await expect(table.alter({ checks: { "two words": (c) => c.b } })).rejects.toMatchObject({
      code: "table/unsupported-check",
    });
    const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
    const withCheck = (sql: string) => ({
      metaData: { ...metaData, configuration: { "delta.constraints.theirs": sql } },
    });
    await commitAs(table, 1, [withCheck("n > 3 AND T <> 'a''b' and `odd``name```  is not null")]);
    await expect(lake.table("a.kinds", kinds).append([{ ...good, n: 3 }])).rejects.toMatchObject({
      code: "table/mismatch-check",
    });
    await lake.table("a.kinds", kinds).append([good]);
    for (const [i, sql] of ["length(t) > 1", 'n > "3"', "m > 1", "n > 1; DROP"].entries()) {
      await commitAs(table, 3 + i, [withCheck(sql)]);
      await expect(lake.table("a.kinds", kinds).append([good])).rejects.toMatchObject({
        code: "table/unsupported-check",
      });
    }
  });
});

describe("protocol", () => {
  const numbers = schema("n", { n: int(), c: category(["x"]) });
  const cases: readonly (readonly [string, (metaData: Record<string, unknown>) => unknown])[] = [
    ["reader version 4", () => ({ protocol: { minReaderVersion: 4, minWriterVersion: 7 } })],
    [
      "variantType",
      () => ({
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: ["variantType"],
          writerFeatures: ["variantType"],
        },
      }),
    ],
    [
      "column mapping by name",
      (metaData) => ({
        metaData: { ...metaData, configuration: { "delta.columnMapping.mode": "name" } },
      }),
    ],
    [
      "deletion vectors",
      () => ({
        add: {
          path: "x.parquet",
          partitionValues: {},
          size: 1,
          modificationTime: 1,
          dataChange: true,
          deletionVector: { storageType: "u" },
        },
      }),
    ],
    ["writer version 8", () => ({ protocol: { minReaderVersion: 1, minWriterVersion: 8 } })],
    [
      "rowTracking",
      () => ({
        protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ["rowTracking"] },
      }),
    ],
    [
      "append-only",
      (metaData) => ({ metaData: { ...metaData, configuration: { "delta.appendOnly": "true" } } }),
    ],
    [
      "column invariants",
      (metaData) => ({
        metaData: { ...metaData, schemaString: fieldWith({ "delta.invariants": "{}" }) },
      }),
    ],
    [
      "generated columns",
      (metaData) => ({
        metaData: { ...metaData, schemaString: fieldWith({ "delta.generationExpression": "1" }) },
      }),
    ],
    [
      'the type "binary"',
      (metaData) => ({ metaData: { ...metaData, schemaString: fieldWith({}, "binary") } }),
    ],
  ];
  const fieldWith = (metadata: object, type = "long"): string =>
    JSON.stringify({
      type: "struct",
      fields: [
        { name: "n", type, nullable: true, metadata },
        { name: "c", type: "string", nullable: true, metadata: {} },
      ],
    });

  test.each(cases)("refuses %s before anything is touched", async (feature, action) => {
    const lake = await newLake();
    const table = lake.table("a.n", numbers);
    await table.append([{ n: 1, c: "x" }]);
    const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
    await commitAs(table, 1, [action(metaData)]);
    const again = lake.table("a.n", numbers);
    await expect(again.overwrite([{ n: 2, c: "x" }])).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining(feature),
    });
    expect(await dataFiles(table)).toHaveLength(1);
  });

  test("lets an append-only table be appended to", async () => {
    const lake = await newLake();
    const table = lake.table("a.n", numbers);
    await table.append([{ n: 1, c: "x" }]);
    const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
    await commitAs(table, 1, [
      { metaData: { ...metaData, configuration: { "delta.appendOnly": "true" } } },
    ]);
    expect((await table.append([{ n: 2, c: "x" }])).version).toBe(2);
    await expect(table.delete()).rejects.toMatchObject({ code: "table/unsupported-feature" });
  });

  test("lets the field of another writer decide over our note of the column", async () => {
    const lake = await newLake();
    const table = lake.table("a.n", numbers);
    await table.append([{ n: 1, c: "x" }]);
    const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
    const note = JSON.stringify({ kind: "int", nullable: false });
    await commitAs(table, 1, [
      { metaData: { ...metaData, schemaString: fieldWith({ millrace: note }) } },
    ]);
    expect((await lake.schemaOf("a.n")).columns["n"]).toEqual({ kind: "int", nullable: true });
  });

  test("names a data file whose path is no URI", async () => {
    const lake = await newLake();
    const table = lake.table("a.n", numbers);
    await table.append([{ n: 1, c: "x" }]);
    await commitAs(table, 1, [
      {
        add: {
          path: "50%.parquet",
          partitionValues: {},
          size: 1,
          modificationTime: 1,
          dataChange: true,
        },
      },
    ]);
    const rows = await lake.table("a.n", numbers).read();
    await expect(rows.count()).rejects.toMatchObject({
      code: "table/corrupt-log",
    });
  });

  test("refuses a column name by which the engine tells rows apart, where it must", async () => {
    const lake = await newLake();
    const table = lake.table("a.n", schema("n", { file_row_number: int() }));
    await table.append([{ file_row_number: 1 }]);
    expect(await (await table.read()).count()).toBe(1);
    await expect(table.delete((c) => c.file_row_number.is(1))).rejects.toMatchObject({
      code: "table/unsupported-feature",
    });
    expect(JSON.stringify(await actionsOf(table, 0))).toContain("file_row_number");
  });
});
