import { copyFile, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  actionsOf,
  commitAs,
  dataFiles,
  newLake,
  removeCommits,
} from "../../../tests/support/lake.ts";
import { type Columns, float, int, type Schema, schema, text } from "../schema.ts";
import type { Table } from "../table.ts";

const sales = schema("sales", {
  id: int({ key: true }),
  city: text({ nullable: true }),
  x: float({ nullable: true }),
});
const sale = (id: number, city: string | null = null, x: number | null = null) => ({ id, city, x });

type Fields = Readonly<Record<string, unknown>>;

/** The metadata of a table's first version with other parts, as an action. */
async function metaDataOf(
  table: Pick<Table, "path">,
  parts: Fields,
): Promise<{ metaData: Fields }> {
  const found = (await actionsOf(table, 0)).find(({ metaData }) => metaData);
  return { metaData: { ...found?.["metaData"], ...parts } };
}
const schemaWith = (column: string, metadata: Fields): Fields => ({
  schemaString: JSON.stringify({
    type: "struct",
    fields: [
      ["id", "long"],
      ["city", "string"],
      ["x", "double"],
    ].map(([name, type]) => ({
      name,
      type,
      nullable: true,
      metadata: name === column ? metadata : {},
    })),
  }),
});

describe("tables of other writers", () => {
  const refused: readonly (readonly [string, Fields])[] = [
    [
      "columns of char or varchar",
      schemaWith("city", { __CHAR_VARCHAR_TYPE_STRING: "varchar(3)" }),
    ],
    ["column defaults", schemaWith("x", { CURRENT_DEFAULT: "1.5" })],
    ["identity columns", schemaWith("id", { "delta.identity.start": 1 })],
    [
      'a collation in column "city"',
      schemaWith("city", { __COLLATIONS: { city: "spark.UTF8_LCASE" } }),
    ],
    ["delta.enableRowTracking", { configuration: { "delta.enableRowTracking": "true" } }],
  ];

  test.each(refused)("with %s are not written, by any operation", async (feature, parts) => {
    const lake = await newLake();
    const table = lake.table("a.sales", sales);
    await table.append([sale(1, "a")]);
    await commitAs(table, 1, [await metaDataOf(table, parts)]);
    const before = await dataFiles(table);
    const writes: readonly (() => Promise<unknown>)[] = [
      () => table.append([sale(2)]),
      () => table.overwrite([sale(2)]),
      () => table.overwrite([sale(2)], { where: (c) => c.id.is(2) }),
      () => table.merge([sale(2)], { on: ["id"] }),
      () =>
        table.update(
          (c) => c.id.is(1),
          () => ({ x: 2 }),
        ),
      () => table.delete(),
      () => table.restore({ version: 0 }),
      () => table.alter({ changeFeed: true }),
      () => table.optimize({ clusterBy: ["id"] }),
      () => table.vacuum({ retentionHours: 0, force: true }),
    ];
    for (const write of writes)
      await expect(write()).rejects.toMatchObject({
        code: "table/unsupported-feature",
        message: expect.stringContaining(feature),
      });
    expect(await dataFiles(table)).toEqual(before);
    expect(await table.version()).toBe(1);
  });

  test("that have column mapping among their features and map nothing are read and written", async () => {
    const lake = await newLake();
    const table = lake.table("a.sales", sales);
    await table.append([sale(1, "a")]);
    const protocol = { minReaderVersion: 2, minWriterVersion: 6 };
    await commitAs(table, 1, [{ protocol }]);
    await table.append([sale(2)]);
    const names = ["columnMapping", "appendOnly", "invariants"];
    await commitAs(table, 3, [
      {
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: ["columnMapping"],
          writerFeatures: names,
        },
      },
    ]);
    await table.append([sale(3)]);
    expect(await (await table.read()).count()).toBe(3);
    await commitAs(table, 5, [
      await metaDataOf(table, { configuration: { "delta.columnMapping.mode": "id" } }),
    ]);
    await expect(table.read()).rejects.toMatchObject({
      message: expect.stringContaining("column mapping by id"),
    });
  });

  test("that lack a file's partition value are refused, where its rows would seem to have none", async () => {
    const lake = await newLake();
    const table = lake.table("a.sales", sales, { partitionBy: ["city"] });
    await table.append([sale(1, "a")]);
    const add = (await actionsOf(table, 0)).find((action) => action["add"])?.["add"];
    await commitAs(table, 1, [{ add: { ...add, partitionValues: {} } }]);
    await expect(lake.table("a.sales", sales).read()).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining("without a value for its partition column city"),
    });
  });

  test("whose metadata is no schema are corrupt, and named", async () => {
    for (const schemaString of ["", "{", "null", '{"type":"struct"}', '"x"']) {
      const lake = await newLake();
      const table = lake.table("a.sales", sales);
      await table.append([sale(1)]);
      await commitAs(table, 1, [await metaDataOf(table, { schemaString })]);
      await expect(lake.table("a.sales", sales).read()).rejects.toMatchObject({
        code: "table/corrupt-log",
      });
    }
  });
});

describe("checks of other writers", () => {
  test("that cannot be judged are refused before a file is written", async () => {
    const lake = await newLake();
    const table = lake.table("a.sales", sales);
    await table.append([sale(1, "a")]);
    const before = await dataFiles(table);
    const bad = [
      "x <=> 1",
      "id = 1.5D AND",
      "id + 1",
      "(id > 1",
      "city > 'a' > 'b'",
      "id > 'many' AND",
      "id LIKE 'a%'",
      "",
    ];
    for (const [i, sql] of bad.entries()) {
      await commitAs(table, 1 + i, [
        await metaDataOf(table, { configuration: { "delta.constraints.odd": sql } }),
      ]);
      for (const write of [
        () => table.append([sale(2)]),
        () =>
          table.update(
            (c) => c.id.is(1),
            () => ({ x: 1 }),
          ),
      ])
        await expect(write(), sql).rejects.toMatchObject({
          code: "table/unsupported-check",
          details: { check: "odd" },
        });
      expect(await dataFiles(table)).toEqual(before);
    }
  });
});

describe("vacuum", () => {
  const hour = 3_600_000;

  /** A table whose first file was removed so many hours ago, and a clock. */
  async function withRemoved(configuration: Fields, hoursAgo: number) {
    let now = Date.parse("2024-06-01T00:00:00Z");
    const lake = await newLake({ clock: () => now });
    const table = lake.table("a.sales", sales);
    await table.append([sale(1)]);
    await commitAs(table, 1, [
      { commitInfo: { timestamp: now, operation: "SET TBLPROPERTIES" } },
      await metaDataOf(table, { configuration }),
    ]);
    await table.overwrite([sale(2)]);
    const old = new Date(now - 1000 * hour);
    for (const file of await dataFiles(table)) await utimes(join(table.path, file), old, old);
    now += hoursAgo * hour;
    return { lake, table };
  }

  test("keeps removed files as long as the table says, and is as short as it says", async () => {
    const key = "delta.deletedFileRetentionDuration";
    const spans = [
      ["interval 30 days", 30 * 24],
      ["INTERVAL 1 WEEK", 7 * 24],
      ["interval 2 hours", 2],
      ["1 day 12 hours", 36],
      [undefined, 7 * 24],
    ] as const;
    for (const [span, hours] of spans) {
      const settings = span === undefined ? {} : { [key]: span };
      const early = await withRemoved(settings, hours - 1);
      expect((await early.table.vacuum()).removed, String(span)).toEqual([]);
      await expect(early.table.vacuum({ retentionHours: hours - 1 })).rejects.toMatchObject({
        code: "table/out-of-range-retention",
        details: { least: hours },
      });
      const late = await withRemoved(settings, hours + 1);
      expect((await late.table.vacuum()).removed, String(span)).toHaveLength(1);
    }
    const odd = await withRemoved({ [key]: "interval 1 month" }, 1);
    await expect(odd.table.vacuum()).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining("1 month"),
    });
  });

  test("after a checkpoint still knows of files that went within the table's retention", async () => {
    const { lake, table } = await withRemoved(
      { "delta.deletedFileRetentionDuration": "interval 30 days", "delta.checkpointInterval": "3" },
      20 * 24,
    );
    await table.append([sale(3)]); // version 3: a checkpoint
    await removeCommits(table, 0, 2);
    expect((await lake.table("a.sales", sales).vacuum()).removed).toEqual([]);
  });
});

describe("checkpoints of other writers", () => {
  test("may have columns by any name in their parsed statistics, line feeds in their JSON, and tags", async () => {
    const lake = await newLake();
    const table = lake.table("a.sales", sales);
    for (let i = 0; i < 11; i++) await table.append([sale(i, "a\nb", i)]);
    const hash = await table.hash();
    const path = join(table.path, "_delta_log", "00000000000000000010.checkpoint.parquet");
    const theirs = `${path}.new`;
    const parsed = `{'numRecords': 1::BIGINT, 'minValues': {'stats': 'a', 'deletionVector': 1, 'tags': 2}}`;
    await lake.engine.run(
      `COPY (SELECT * REPLACE (CASE WHEN add IS NULL THEN NULL ELSE struct_pack(path := add.path, partitionValues := add.partitionValues, size := add.size, modificationTime := add.modificationTime, dataChange := add.dataChange, stats := replace(add.stats, ',', ',' || chr(10)), tags := MAP {'ZCUBE': 'x' || chr(10)}, stats_parsed := ${parsed}) END AS add) FROM read_parquet('${path}')) TO '${theirs}' (FORMAT parquet)`,
    );
    await copyFile(theirs, path);
    await removeCommits(table, 0, 9);
    const again = lake.table("a.sales", sales);
    expect(await again.hash()).toBe(hash);
    expect(await (await again.read({ where: (c) => c.x.isAbove(7) })).count()).toBe(3);
    for (let i = 11; i < 21; i++) await again.append([sale(i)]);
    const [kept] = await lake.engine.query(
      `SELECT count(*) AS n FROM read_parquet('${path.replace("10.checkpoint", "20.checkpoint")}') WHERE add.tags['ZCUBE'] = 'x' || chr(10)`,
    );
    expect(kept).toEqual({ n: 11 });
    await lake.engine.run(
      `COPY (SELECT * REPLACE (CASE WHEN add IS NULL THEN NULL ELSE struct_pack(path := add.path, partitionValues := add.partitionValues, size := add.size, modificationTime := add.modificationTime, dataChange := add.dataChange, stats_parsed := ${parsed}) END AS add) FROM read_parquet('${path}')) TO '${theirs}' (FORMAT parquet)`,
    );
    await copyFile(theirs, path);
    expect(await lake.table("a.sales", sales).hash(10)).toBe(hash);
    expect(
      await (
        await lake.table("a.sales", sales).read({ version: 10, where: (c) => c.x.isAbove(7) })
      ).count(),
    ).toBe(3);
  });
});

describe("changes", () => {
  test("of files that are gone, or removed without their partition, are refused", async () => {
    const lake = await newLake();
    const table = lake.table("a.sales", sales, { partitionBy: ["city"], changeFeed: true });
    await table.append([sale(1, "a"), sale(2, "b")]);
    await table.delete((c) => c.city.is("a"));
    const remove = (await actionsOf(table, 1)).find((action) => action["remove"])?.["remove"];
    const { partitionValues: _, ...bare } = { partitionValues: null, ...remove };
    expect(await (await table.changes({ from: 0 })).count()).toBe(3);
    const whole = await actionsOf(table, 1);
    await commitAs(table, 1, [...whole.filter((action) => !action["remove"]), { remove: bare }]);
    await expect(table.changes({ from: 0 })).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining("partition column city"),
    });
    await commitAs(table, 1, whole);
    await table.vacuum({ retentionHours: 0, force: true });
    await expect(table.changes({ from: 0 })).rejects.toMatchObject({ code: "table/missing-data" });
  });
});

describe("merge", () => {
  /** The table as the merge's writer saw it, and again after another writer was faster. */
  async function racing<C extends Columns>(
    name: string,
    of: Schema<C>,
    work: {
      readonly first: (table: Table<C>) => Promise<unknown>;
      readonly meanwhile: (table: Table<C>) => Promise<unknown>;
      readonly merge: (table: Table<C>, confirm: () => Promise<void>) => Promise<unknown>;
    },
  ) {
    const lake = await newLake();
    const table = lake.table(name, of);
    await work.first(table);
    let tries = 0;
    await work.merge(table, async () => {
      tries += 1;
      if (tries === 1) await work.meanwhile(lake.table(name, of));
    });
    return { table, tries };
  }

  test("plans again when a row that it left alone was deleted meanwhile: its key is new then", async () => {
    const { table, tries } = await racing("a.sales", sales, {
      first: async (t) => {
        await t.append([sale(1, "a", 5)]);
        await t.append([sale(2, "b", 5)]);
      },
      merge: (t, confirm) =>
        t.merge([sale(1, "old", 1), sale(2, "new", 9)], { on: ["id"], newest: "x", confirm }),
      meanwhile: (t) => t.delete((c) => c.id.is(1)),
    });
    expect(tries).toBe(2);
    expect((await (await table.read()).rows()).toSorted((a, b) => a.id - b.id)).toEqual([
      sale(1, "old", 1),
      sale(2, "new", 9),
    ]);
  });

  test("that only inserts plans again when the row that it matched was changed meanwhile", async () => {
    const { table, tries } = await racing("a.sales", sales, {
      first: (t) => t.append([sale(1, "a")]),
      merge: (t, confirm) =>
        t.mergeWhen([sale(1, "b"), sale(3, "c")], {
          on: ["id"],
          notMatched: [{ values: "all" }],
          confirm,
        }),
      meanwhile: (t) =>
        t.update(
          (c) => c.id.is(1),
          () => ({ id: 7 }),
        ),
    });
    expect(tries).toBe(2);
    expect((await (await table.read()).rows()).map(({ id }) => id).toSorted()).toEqual([1, 3, 7]);
  });

  test("finds a key that is NaN whatever the statistics of the file say", async () => {
    const keyed = schema("keyed", { k: float({ nullable: true }), n: int() });
    const lake = await newLake();
    const table = lake.table("a.keyed", keyed);
    await table.append([
      { k: Number.NaN, n: 1 },
      { k: -5, n: 2 },
    ]);
    const log = join(table.path, "_delta_log", "00000000000000000000.json");
    const text = await readFile(log, "utf8");
    await writeFile(log, text.replace('\\"maxValues\\":{', '\\"maxValues\\":{\\"k\\":-5,')); // as delta-rs has it
    await lake.table("a.keyed", keyed).merge(
      [
        { k: 1, n: 3 },
        { k: Number.NaN, n: 4 },
      ],
      { on: ["k"] },
    );
    expect((await (await table.read()).rows()).map(({ n }) => n).toSorted()).toEqual([2, 3, 4]);
  });

  test("takes out a file whose path another writer encodes otherwise", async () => {
    const lake = await newLake();
    const table = lake.table("shop.sales", sales, { partitionBy: ["city"] });
    await table.append([sale(1, "a"), sale(2, "c")]);
    const adds = (await actionsOf(table, 0)).flatMap(({ add }) =>
      add ? [String(add["path"])] : [],
    );
    const path = String(adds.find((one) => one.includes("=a/"))).replace("=", "%3D");
    await commitAs(table, 1, [{ remove: { path, dataChange: true, deletionTimestamp: 1 } }]);
    expect((await (await table.read()).rows()).map(({ id }) => id)).toEqual([2]);
    await table.restore({ version: 0 });
    expect(await (await table.read()).count()).toBe(2);
  });
});
