import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataFiles, filesOf, newLake } from "../../tests/support/lake.ts";
import { openLake } from "./lake.ts";
import { openTable } from "./open-table.ts";
import { bool, float, int, type Row, schema, text, timestamp } from "./schema.ts";

const orders = schema("orders", {
  id: text({ key: true }),
  items: int(),
  total: float({ nullable: true }),
  at: timestamp({ nullable: true }),
});
type Order = Row<typeof orders>;
const order = (id: string, items = 1, total: number | null = 1): Order => ({
  id,
  items,
  total,
  at: null,
});

describe("table", () => {
  test("gives back the rows that were appended, types and all", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    const rows = [
      { id: "a", items: 2, total: 1.5, at: new Date(1_700_000_000_123) },
      { id: "ü'\"", items: -3, total: null, at: null },
    ];
    const commit = await table.append(rows);
    expect(commit).toMatchObject({ version: 0, skipped: false, metrics: { numOutputRows: 2 } });
    expect(await (await table.read()).rows()).toEqual(rows);
  });

  test("keeps every earlier version readable", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a")]);
    await table.append([order("b")]);
    await table.overwrite([order("c"), order("d"), order("e")]);
    const counts = await Promise.all(
      [0, 1, 2].map(async (version) => (await table.read({ version })).count()),
    );
    expect(counts).toEqual([1, 2, 3]);
    expect((await table.history()).map(({ version, operation }) => [version, operation])).toEqual([
      [2, "WRITE"],
      [1, "WRITE"],
      [0, "WRITE"],
    ]);
    await expect(table.read({ version: 3 })).rejects.toMatchObject({
      code: "table/missing-version",
    });
  });

  test("writes a transaction of an application once", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    const txn = { app: "loader", version: 7 };
    expect((await table.append([order("a")], { txn })).skipped).toBe(false);
    expect((await table.append([order("a")], { txn })).skipped).toBe(true);
    expect(await (await table.read()).count()).toBe(1);
    expect(await table.txn("loader")).toBe(7);
  });

  test("writes for one version only if nobody wrote since, its settings in the same commit", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    const set = (version: number, to: string) => ({
      ifVersion: version,
      properties: { "app.at": to },
    });
    await table.append([order("a")], set(-1, "one"));
    const newer = { code: "table/conflict-newer" };
    await expect(table.append([order("b")], set(-1, "two"))).rejects.toMatchObject(newer);
    await table.merge([order("b")], { on: ["id"], ...set(0, "two") });
    await table.append([order("c")]); // which conflicts with no write of rows
    await expect(table.append([order("d")], { ifVersion: 1 })).rejects.toMatchObject(newer);
    await expect(table.overwrite([], set(1, "three"))).rejects.toMatchObject(newer);
    const tries = ["d", "e", "f"].map((id) => table.append([order(id)], set(2, id)));
    const done = (await Promise.allSettled(tries)).map(({ status }) => status);
    expect(done.filter((status) => status === "fulfilled")).toHaveLength(1);
    expect(await (await table.read()).count()).toBe(4);
    expect(await table.version()).toBe(3);
    const setAt = async (version?: number) =>
      (await table.detail(version === undefined ? {} : { version })).properties["app.at"];
    expect(await setAt(1)).toBe("two");
    const [last] = (await (await table.read()).rows()).map(({ id }) => id).filter((id) => id > "c");
    expect(await setAt()).toBe(last);
    await table.append([], { properties: { "app.at": null } });
    expect(await setAt()).toBeUndefined();
  });

  test("merges by key: matched rows are replaced, new ones inserted", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a", 1), order("b", 2)]);
    const commit = await table.merge([order("b", 20), order("c", 30)], { on: ["id"] });
    expect(commit.metrics).toMatchObject({
      numSourceRows: 2,
      numTargetRowsInserted: 1,
      numTargetRowsUpdated: 1,
      numTargetRowsCopied: 1,
    });
    const rows = await (await table.read()).rows();
    expect(rows.map(({ id, items }) => [id, items])).toEqual([
      ["a", 1],
      ["b", 20],
      ["c", 30],
    ]);
  });

  test("keeps the newer row when told which column says so", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.merge([{ ...order("a", 2), at: new Date(2000) }], { on: ["id"], newest: "at" });
    await table.merge([{ ...order("a", 1), at: new Date(1000) }], { on: ["id"], newest: "at" });
    expect((await (await table.read()).rows())[0]?.items).toBe(2);
  });

  test("refuses a merge whose source holds a key twice, and writes nothing", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a")]);
    await expect(table.merge([order("x"), order("x")], { on: ["id"] })).rejects.toMatchObject({
      code: "table/duplicate-key",
      details: { keys: 1, sample: "x" },
    });
    expect(await table.version()).toBe(0);
  });

  test("updates the rows that meet a condition and copies the rest", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a", 1), order("b", 5)]);
    const commit = await table.update(
      (c) => c.items.atMost(3).isMissing().not().and(c.id.is("b")),
      (c) => ({ items: c.items.plus(1) }),
    );
    expect(commit.metrics).toEqual({ numUpdatedRows: 1, numCopiedRows: 1 });
    expect((await (await table.read()).rows()).map((row) => row.items)).toEqual([1, 6]);
    const nothing = await table.update(
      (c) => c.id.is("z"),
      (c) => ({ items: c.items }),
    );
    expect(nothing.skipped).toBe(true);
  });

  test("refuses rows without a value where one must be, and leaves no file", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    const bad = [{ ...order("a"), items: null }] as unknown as Order[];
    await expect(table.append(bad)).rejects.toMatchObject({ code: "table/mismatch-null" });
    expect(await table.exists()).toBe(false);
    expect(await dataFiles(table)).toEqual([]);
  });

  test("refuses cells that are not of their column's kind, and names the column", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    const bad = [
      { ...order("a"), items: 1.5 },
      { ...order("a"), at: new Date(Number.NaN) },
      { ...order("\uD800") },
    ];
    for (const row of bad)
      await expect(table.append([row])).rejects.toMatchObject({ code: "table/mismatch-value" });
    expect(await table.exists()).toBe(false);
  });

  test("refuses rows with other columns", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    const bad = [{ id: "a", item: 1 }] as unknown as Order[];
    await expect(table.append(bad)).rejects.toMatchObject({
      code: "table/mismatch-columns",
      details: { missing: ["items", "total", "at"], extra: ["item"] },
    });
  });

  test("refuses a table on disk whose columns are of another kind", async () => {
    await using lake = await newLake();
    await lake.table("shop.orders", orders).append([order("a")]);
    const other = schema("orders", { id: int(), items: int(), total: float(), at: timestamp() });
    await expect(lake.table("shop.orders", other).read()).rejects.toMatchObject({
      code: "table/mismatch-schema",
    });
  });

  test("says which tables there are when one is missing", async () => {
    await using lake = await newLake();
    await lake.table("shop.orders", orders).append([order("a")]);
    await expect(lake.table("shop.order", orders).read()).rejects.toMatchObject({
      code: "table/missing-table",
      message:
        'there is no table "shop.order"; the lake has "shop.orders". Did you mean "shop.orders"?',
    });
    expect(() => lake.table("Orders", orders)).toThrow(
      expect.objectContaining({ code: "table/out-of-range-name" }),
    );
  });

  test("refuses a table that uses features it does not know, before touching it", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a")]);
    const protocol = {
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: ["deletionVectors"],
      writerFeatures: ["deletionVectors"],
    };
    await filesOf(table).put(
      `_delta_log/${"1".padStart(20, "0")}.json`,
      `${JSON.stringify({ protocol })}\n`,
    );
    await expect(table.append([order("b")])).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining("deletionVectors"),
    });
    expect(await table.version()).toBe(1);
  });

  test("names the log file that is missing or torn", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    for (const id of ["a", "b", "c"]) await table.append([order(id)]);
    const torn = `_delta_log/${"1".padStart(20, "0")}.json`;
    await filesOf(table).remove(torn);
    const reopened = lake.table("shop.orders", orders);
    await expect(reopened.read()).rejects.toMatchObject({ code: "table/corrupt-log" });
    await filesOf(table).put(torn, '{"add":');
    await expect(reopened.read()).rejects.toMatchObject({ code: "table/corrupt-log" });
  });

  test("refuses a whole number that JavaScript would round", async () => {
    await using lake = await newLake();
    await expect(lake.engine.query("SELECT 9007199254740993::BIGINT AS n")).rejects.toMatchObject({
      code: "table/out-of-range-integer",
      details: { column: "n", got: "9007199254740993" },
    });
  });

  test("gives up when other writers win every race, and leaves no file of its own", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a")]);
    const overtake = async (): Promise<void> => {
      await lake.table("shop.orders", orders).overwrite([order("b")]); // the key that is merged
    };
    await expect(
      table.merge([order("b")], { on: ["id"], confirm: overtake }),
    ).rejects.toMatchObject({ code: "table/conflict-write", details: { tries: 20 } });
    expect(await dataFiles(table)).toHaveLength(21); // one append and twenty overwrites
  });

  test("writes statistics that other readers use: exact, cut and rounded outwards", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([
      { id: "z".repeat(40), items: 9_007_199_254_740_991, total: Number.NaN, at: new Date(5) },
      { id: "a", items: 1, total: 2, at: new Date(3) },
    ]);
    const log = (await filesOf(table).get(`_delta_log/${"0".padStart(20, "0")}.json`)).toString();
    const add = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { add?: { stats: string } })
      .find((action) => action.add)?.add;
    expect(add?.stats).toContain('"items":9007199254740991');
    expect(add?.stats).toContain(`"id":"${"z".repeat(32)}\u{10FFFF}"`);
    expect(JSON.parse(add?.stats ?? "{}")).toMatchObject({
      numRecords: 2,
      minValues: { at: "1970-01-01T00:00:00.003Z" },
      nullCount: { total: 0 },
    });
    expect(JSON.parse(add?.stats ?? "{}").maxValues).not.toHaveProperty("total");
  });

  test("refuses a lake that a newer Millrace wrote", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-table-"));
    await writeFile(join(folder, "lake.json"), '{"format": 99}\n');
    await expect(openLake(folder)).rejects.toMatchObject({ code: "table/unsupported-format" });
    await rm(folder, { recursive: true });
  });

  test("hashes rows by their content, leaving out the columns it is told to", async () => {
    await using lake = await newLake();
    const [first, second] = [lake.table("a.one", orders), lake.table("a.two", orders)];
    await first.append([{ ...order("a"), at: new Date(1) }]);
    await second.append([{ ...order("a"), at: new Date(2) }]);
    const hashes = (without?: readonly string[]) =>
      Promise.all([first, second].map(async (table) => (await table.read()).hash(without)));
    const [a, b] = await hashes(["at"]);
    expect(a).toBe(b);
    const [c, d] = await hashes();
    expect(c).not.toBe(d);
  });

  test("law: writers that append and merge at once lose nothing and double nothing", async () => {
    const ops = fc.array(fc.record({ kind: fc.constantFrom("append", "merge"), key: fc.nat(5) }), {
      minLength: 2,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(ops, async (todo) => {
        await using lake = await newLake();
        await Promise.all(
          todo.map(({ kind, key }, i) => {
            const table = lake.table("shop.orders", orders);
            return kind === "append"
              ? table.append([order(`append-${i}`)])
              : table.merge([order(`merge-${key}`)], { on: ["id"] });
          }),
        );
        const rows = await (await lake.table("shop.orders", orders).read()).rows();
        const expected = new Set(
          todo.map(({ kind, key }, i) => (kind === "append" ? `append-${i}` : `merge-${key}`)),
        );
        expect(rows.map((row) => row.id).sort()).toEqual([...expected].sort());
      }),
      { numRuns: 8 },
    );
  });
});

describe("merge and update", () => {
  test("work on columns of any name, also those the engine's queries might use", async () => {
    await using lake = await newLake();
    const odd = schema("odd", {
      id: int({ key: true }),
      there: bool({ nullable: true }),
      use_source: int({ nullable: true }),
      filename: text({ nullable: true }),
      v: int(),
    });
    const table = lake.table("odd.names", odd);
    const row = (id: number, v: number) => ({
      id,
      v,
      there: null,
      use_source: null,
      filename: null,
    });
    await table.append([row(1, 1)]);
    await table.merge([row(1, 10), row(2, 20)], { on: ["id"] });
    await table.update(
      (c) => c.id.is(2),
      (c) => ({ filename: c.filename.orElse("f"), v: c.v.plus(1) }),
    );
    const rows = await (await table.read()).rows();
    expect(rows).toEqual([row(1, 10), { ...row(2, 21), filename: "f" }]);
  });
});

describe("whole numbers", () => {
  test("are never made by rounding", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a", 5), order("b", 4)]);
    const halve = (id: string) =>
      table.update(
        (c) => c.id.is(id),
        (c) => ({ items: c.items.over(2) }),
      );
    await expect(halve("a")).rejects.toMatchObject({ code: "table/mismatch-value" });
    await halve("b");
    expect((await (await table.read()).rows()).map((row) => row.items)).toEqual([5, 2]);
  });
});

describe("a commit that fails after it is there", () => {
  test("counts as made, and keeps its files", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a")]);
    const place = {
      name: "shop.orders",
      folder: "tables/shop/orders",
      bytes: lake.place("shop.orders").bytes,
    };
    const flaky: typeof place.bytes = {
      ...place.bytes,
      putIfAbsent: async (key, bytes) => {
        await place.bytes.putIfAbsent(key, bytes);
        throw new Error("the folder could not be flushed");
      },
    };
    const { engine, clock, ids } = lake;
    const known = async () => [];
    const parts = {
      place: { ...place, bytes: flaky },
      schema: orders,
      options: {},
      engine,
      clock,
      ids,
      known,
    };
    expect((await openTable(parts).overwrite([order("b")])).version).toBe(1);
    expect((await (await table.read()).rows()).map((row) => row.id)).toEqual(["b"]);
  });

  test("keeps its files while nobody can tell, and says what failed", async () => {
    await using lake = await newLake();
    const table = lake.table("shop.orders", orders);
    await table.append([order("a")]);
    const { bytes } = lake.place("shop.orders");
    const fails = async (): Promise<never> => {
      throw new Error("too many open files");
    };
    const blind: typeof bytes = {
      ...bytes,
      putIfAbsent: async (key, body) => {
        await bytes.putIfAbsent(key, body);
        return fails();
      },
      get: (key) => (key.endsWith("1.json") ? fails() : bytes.get(key)),
    };
    const { engine, clock, ids } = lake;
    const place = { name: "shop.orders", folder: "tables/shop/orders", bytes: blind };
    const known = async () => [];
    const writer = openTable({ place, schema: orders, options: {}, engine, clock, ids, known });
    await expect(writer.overwrite([order("b")])).rejects.toThrow("too many open files");
    expect((await (await table.read()).rows()).map((row) => row.id)).toEqual(["b"]);
  });
});
