/** @file What every lake does, whatever it is kept in: each operation of tables once, through fresh eyes. */
import { expect, test } from "vitest";
import {
  bool,
  category,
  float,
  int,
  type Lake,
  type LakeOptions,
  schema,
  type Table,
  text,
  timestamp,
} from "../../src/table/index.ts";

const orders = schema("orders", {
  id: text({ key: true }),
  city: text(),
  items: int(),
  total: float({ nullable: true }),
  at: timestamp({ nullable: true }),
});
type Orders = Table<(typeof orders)["columns"]>;
const order = (id: string, items = 1, city = "Oslo") => ({
  id,
  city,
  items,
  total: items / 2,
  at: new Date(1_700_000_000_123 + items),
});

/** Lakes in one place: all of them see the same tables. */
export interface LakePlace {
  /** Opens the lake anew, as another process would. */
  open(options?: LakeOptions): Promise<Lake>;
}

/**
 * Runs the conformance tests of {@link Lake} inside the caller's `describe`.
 *
 * @param make - Gives a new, empty place for each test.
 */
export function checkLake(make: () => Promise<LakePlace>): void {
  /** What another process reads, and what the log says of it. */
  const seen = async (place: LakePlace, name = "shop.orders") => {
    await using lake = await place.open();
    const table: Orders = lake.table(name, orders);
    const rows = (await (await table.read()).rows()).map(({ id, items }) => `${id}${items}`).sort();
    return { rows: rows.join(" "), operation: (await table.history({ limit: 1 }))[0]?.operation };
  };

  test("keeps rows, types and all, for whoever opens it next", async () => {
    const place = await make();
    const every = schema("every", {
      ...{ t: text({ nullable: true }), c: category(["x", "y"]), i: int(), f: float() },
      ...{ b: bool(), at: timestamp() },
    });
    const rows = [
      { t: "ü'\"[*]?", c: "x", i: -3, f: 0.1, b: true, at: new Date(1) },
      { t: null, c: "y", i: 2 ** 53 - 1, f: 1e300, b: false, at: new Date(-1) },
    ] as const;
    await using lake = await place.open();
    await lake.table("a.every", every).append([...rows]);
    await using other = await place.open();
    expect(await (await other.table("a.every", every).read()).rows()).toEqual(rows);
    expect(await other.tables()).toEqual(["a.every"]);
    expect((await other.schemaOf("a.every")).columns).toEqual(every.columns);
  });

  test("finds its tables, of two parts and of three", async () => {
    const place = await make();
    await using lake = await place.open();
    expect(await lake.tables()).toEqual([]);
    for (const name of ["b.two", "b.one", "cat.b.one"])
      await lake.table(name, orders).append([order("a")]);
    expect(await lake.tables()).toEqual(["b.one", "b.two", "cat.b.one"]);
    await expect(lake.schemaOf("b.thre")).rejects.toMatchObject({ code: "table/missing-table" });
  });

  test("appends, overwrites, merges, updates, deletes, and shows each to others", async () => {
    const place = await make();
    await using lake = await place.open();
    const table: Orders = lake.table("shop.orders", orders);
    await table.append([order("a"), order("b"), order("c")]);
    expect(await seen(place)).toEqual({ rows: "a1 b1 c1", operation: "WRITE" });
    await table.merge([order("b", 2), order("d", 2)], { on: ["id"] });
    expect(await seen(place)).toEqual({ rows: "a1 b2 c1 d2", operation: "MERGE" });
    await table.update(
      (c) => c.id.is("a"),
      (c) => ({ items: c.items.plus(2) }),
    );
    expect(await seen(place)).toEqual({ rows: "a3 b2 c1 d2", operation: "UPDATE" });
    await table.delete((c) => c.items.is(2));
    expect(await seen(place)).toEqual({ rows: "a3 c1", operation: "DELETE" });
    await table.mergeWhen([order("a", 7), order("e")], {
      on: ["id"],
      matched: [{ set: "all" }],
      notMatched: [{ values: "all" }],
      notMatchedBySource: [{ delete: true }],
    });
    expect(await seen(place)).toEqual({ rows: "a7 e1", operation: "MERGE" });
    await table.overwrite([order("e", 9)], { where: (c) => c.id.is("e") });
    expect(await seen(place)).toEqual({ rows: "a7 e9", operation: "WRITE" });
    await table.overwrite([order("z")]);
    expect(await seen(place)).toEqual({ rows: "z1", operation: "WRITE" });
  });

  test("reads and restores what was", async () => {
    const place = await make();
    await using lake = await place.open();
    const table: Orders = lake.table("shop.orders", orders);
    for (const id of ["a", "b", "c"]) await table.append([order(id)]);
    await table.overwrite([order("z")]);
    await using other = await place.open();
    const then: Orders = other.table("shop.orders", orders);
    const counts = [0, 1, 2, 3].map(async (version) => (await then.read({ version })).count());
    expect(await Promise.all(counts)).toEqual([1, 2, 3, 1]);
    expect(await (await then.read({ at: new Date() })).count()).toBe(1);
    const hash = await then.hash(1);
    await then.restore({ version: 1 });
    expect(await seen(place)).toEqual({ rows: "a1 b1", operation: "RESTORE" });
    expect(await table.hash()).toBe(hash);
    expect((await lake.history("shop.orders")).map(({ version }) => version)).toEqual([
      4, 3, 2, 1, 0,
    ]);
  });

  test("keeps partitions apart, whatever their values, and reads by them", async () => {
    const place = await make();
    await using lake = await place.open();
    const how = { partitionBy: ["city"] as const };
    const cities = ["Oslo", "São Paulo/x", "50% [*]?", "a=b&c", "O'Hare"];
    await lake
      .table("shop.orders", orders, how)
      .append(cities.map((city, i) => order("a", i, city)));
    await using other = await place.open();
    const table = other.table("shop.orders", orders, how);
    for (const [i, city] of cities.entries()) {
      const rows = await (await table.read({ where: (c) => c.city.is(city) })).rows();
      expect(rows.map(({ items }) => items)).toEqual([i]);
    }
    expect(await (await table.read()).count()).toBe(cities.length);
  });

  test("packs files, and removes what nobody needs, but not from under a frame", async () => {
    const place = await make();
    const clock = () => Date.now() + 5000; // so that files are old: stores give times in seconds
    await using lake = await place.open({ clock });
    const [table, other]: Orders[] = ["shop.orders", "shop.unread"].map((name) =>
      lake.table(name, orders),
    );
    if (table === undefined || other === undefined) return;
    for (const id of ["a", "b", "c"]) await table.append([order(id)]);
    const before = await table.read();
    expect((await table.optimize()).metrics).toMatchObject({ numRemovedFiles: 3 });
    expect(await seen(place)).toEqual({ rows: "a1 b1 c1", operation: "OPTIMIZE" });
    expect((await table.vacuum()).removed).toEqual([]);
    const all = { retentionHours: 0, force: true };
    expect(await table.vacuum(all)).toMatchObject({ removed: [], held: { length: 3 } });
    expect(await before.where((c) => c.id.is("c")).count()).toBe(1);
    for (const id of ["a", "b"]) await other.overwrite([order(id)]);
    const would = await other.vacuum({ ...all, dryRun: true });
    expect(would).toMatchObject({ removed: { length: 1 }, held: [] });
    expect(await other.vacuum(all)).toEqual(would);
    expect(await other.vacuum(all)).toMatchObject({ removed: [], removedBytes: 0 });
    expect(await seen(place, "shop.unread")).toEqual({ rows: "b1", operation: "WRITE" });
    await expect(other.read({ version: 0 })).rejects.toMatchObject({ code: "table/missing-data" });
  });

  test("writes checkpoints, and reads what they say", async () => {
    const place = await make();
    await using lake = await place.open();
    const table: Orders = lake.table("shop.orders", orders);
    for (let i = 0; i < 12; i++)
      await table.append([order(`a${i}`)], { txn: { app: "x", version: i } });
    const log = await lake.place("shop.orders").bytes.list("tables/shop/orders/_delta_log");
    expect(log).toContain("_last_checkpoint");
    expect(log).toContain(`${"10".padStart(20, "0")}.checkpoint.parquet`);
    for (const version of [0, 4, 9])
      await lake
        .place("shop.orders")
        .bytes.remove(`tables/shop/orders/_delta_log/${String(version).padStart(20, "0")}.json`);
    await using other = await place.open();
    const then: Orders = other.table("shop.orders", orders);
    expect(await (await then.read()).count()).toBe(12);
    expect(await then.txn("x")).toBe(11);
    expect(await (await then.read({ version: 10 })).count()).toBe(11);
  });

  test("keeps the change data feed, the rules and a growing schema", async () => {
    const place = await make();
    await using lake = await place.open();
    const table: Orders = lake.table("shop.orders", orders, {
      changeFeed: true,
      checks: { some: (c) => c.items.isAtLeast(0) },
    });
    await table.append([order("a"), order("b")]);
    await table.update(
      (c) => c.id.is("a"),
      () => ({ items: 5 }),
    );
    await table.delete((c) => c.id.is("b"));
    await expect(table.append([order("c", -1)])).rejects.toMatchObject({
      code: "table/mismatch-check",
    });
    await table.alter({ checks: { some: null } });
    await table.append([order("c", -1)]);
    await using other = await place.open();
    const changes = await other.table("shop.orders", orders).changes({ from: 0 });
    const told = (await changes.rows()).map((row) => `${row._change_type} ${row.id}${row.items}`);
    expect(told.sort()).toEqual([
      ...["delete b1", "insert a1", "insert b1", "insert c-1"],
      ...["update_postimage a5", "update_preimage a1"],
    ]);
    const wider = schema("orders", { ...orders.columns, note: text({ nullable: true }) });
    await other
      .table("shop.orders", wider)
      .append([{ ...order("d"), note: "new" }], { evolve: true });
    const rows = await (await lake.table("shop.orders", wider).read()).rows();
    expect(rows.map(({ note }) => note).sort()).toEqual([null, null, "new"].sort());
  });

  test("takes every row of eight writers at once, once", async () => {
    const place = await make();
    const lakes = await Promise.all(Array.from({ length: 8 }, () => place.open()));
    await lakes[0]?.table("shop.orders", orders).append([order("a", 0)]);
    await Promise.all(
      lakes.map(async (lake, i) => {
        const table: Orders = lake.table("shop.orders", orders);
        await table.append([order(`b${i}`, i)]);
        await table.merge([order("a", i), order(`m${i}`, i)], { on: ["id"] });
      }),
    );
    const { rows } = await seen(place);
    const expected = lakes.flatMap((_, i) => [`b${i}${i}`, `m${i}${i}`]);
    expect(rows.split(" ").filter((row) => !row.startsWith("a"))).toEqual(expected.sort());
    expect(rows.split(" ").filter((row) => row.startsWith("a"))).toHaveLength(1);
    for (const lake of lakes) await lake.close();
  });
}
