/** @file What every online store keeps: memory, Redis and PostgreSQL run the same tests. */
import { describe, expect, test } from "vitest";
import type {
  OnlineBatch,
  OnlineEntry,
  OnlineState,
  OnlineStore,
} from "../../src/feature/index.ts";

const state = (tableVersion: number, atMs = 10): OnlineState => ({
  table: "shop.things",
  version: 1,
  key: [
    { name: "id", kind: "text" },
    { name: "n", kind: "int" },
  ],
  columns: [
    { name: "spend", kind: "float" },
    { name: "visits", kind: "int" },
    { name: "gold", kind: "bool" },
    { name: "plan", kind: "category" },
    { name: "since", kind: "timestamp" },
  ],
  tableId: "6f1c",
  tableVersion,
  atMs,
});

const entry = (id: string, n: number, spend: number | null): OnlineEntry => ({
  key: [id, n],
  cells: [
    spend,
    n,
    n % 2 === 0,
    spend === null ? null : `plan ${id}`,
    new Date(1_700_000_000_000 + n),
  ],
  atMs: n,
});

async function* parts(...lists: readonly (readonly OnlineEntry[])[]) {
  yield* lists;
}

const batch = (tableVersion: number, more: Partial<OnlineBatch> = {}): OnlineBatch => ({
  state: state(tableVersion),
  from: null,
  upserts: parts(),
  deletes: [],
  ...more,
});

const names = ["spend", "visits", "gold", "plan", "since"];

/** Runs the contract; `open` gives an empty store. */
export function onlineStoreConformance(name: string, open: () => Promise<OnlineStore>): void {
  describe(`${name} as an online store`, () => {
    test("gives back every kind of cell, missing ones too, in the order asked for", async () => {
      await using store = await open();
      const rows = [entry("a", 1, 1.5), entry('ü"\n', -2, null), entry("a", 2, -0.25)];
      await store.write(batch(3, { upserts: parts(rows.slice(0, 2), rows.slice(2)) }));
      const keys = [
        ["a", 2],
        ["z", 1],
        ['ü"\n', -2],
        ["a", 1],
      ];
      const found = await store.read("shop.things", keys, names);
      expect(found.map((row) => row?.cells)).toEqual([
        rows[2]?.cells,
        undefined,
        rows[1]?.cells,
        rows[0]?.cells,
      ]);
      expect(found.map((row) => row?.atMs)).toEqual([2, undefined, -2, 1]);
      const [one] = await store.read("shop.things", [["a", 1]], ["plan", "spend"]);
      expect(one?.cells).toEqual(["plan a", 1.5]);
      expect(await store.read("shop.things", [], names)).toEqual([]);
    });

    test("records exactly how far it is, and replaces or steps on", async () => {
      await using store = await open();
      expect(await store.state("shop.things")).toBeUndefined();
      await store.write(batch(3, { upserts: parts([entry("a", 1, 1), entry("b", 1, 2)]) }));
      expect(await store.state("shop.things")).toEqual(state(3));
      const step = { from: 3, upserts: parts([entry("a", 1, 9)]), deletes: [["b", 1]] };
      await store.write(batch(5, step));
      expect(await store.state("shop.things")).toEqual(state(5));
      const read = async () =>
        (
          await store.read(
            "shop.things",
            [
              ["a", 1],
              ["b", 1],
              ["c", 1],
            ],
            ["spend"],
          )
        ).map((row) => row?.cells[0]);
      expect(await read()).toEqual([9, undefined, undefined]);
      await store.write(batch(6, { upserts: parts([entry("c", 1, 7)]) }));
      expect(await read()).toEqual([undefined, undefined, 7]);
      const all: OnlineEntry[] = [];
      for await (const part of store.entries("shop.things")) all.push(...part);
      expect(all).toEqual([entry("c", 1, 7)]);
      expect(await store.tables()).toEqual(["shop.things"]);
    });

    test("refuses a step from a version that it is not at, and stays as it is", async () => {
      await using store = await open();
      await store.write(batch(3, { upserts: parts([entry("a", 1, 1)]) }));
      const late = store.write(batch(5, { from: 2, upserts: parts([entry("a", 1, 9)]) }));
      await expect(late).rejects.toMatchObject({ code: "feature/conflict-materialize" });
      expect((await store.read("shop.things", [["a", 1]], ["spend"]))[0]?.cells).toEqual([1]);
      expect((await store.state("shop.things"))?.tableVersion).toBe(3);
    });

    test("shows nothing of a batch that fails on the way", async () => {
      await using store = await open();
      await store.write(batch(3, { upserts: parts([entry("a", 1, 1)]) }));
      async function* broken() {
        yield [entry("a", 1, 9)];
        throw new Error("the table went away");
      }
      await expect(store.write(batch(4, { upserts: broken() }))).rejects.toThrow("went away");
      expect((await store.read("shop.things", [["a", 1]], ["spend"]))[0]?.cells).toEqual([1]);
      expect((await store.state("shop.things"))?.tableVersion).toBe(3);
    });

    test("refuses tables, columns and keys that it has not, and forgets a table", async () => {
      await using store = await open();
      await expect(store.read("shop.things", [["a", 1]], names)).rejects.toMatchObject({
        code: "feature/missing-online-table",
      });
      await store.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
      await expect(store.read("shop.things", [["a", 1]], ["spent"])).rejects.toMatchObject({
        code: "feature/unknown-online-column",
      });
      await expect(store.read("shop.things", [["a"]], ["spend"])).rejects.toMatchObject({
        code: "feature/mismatch-online-key",
      });
      await store.drop("shop.things");
      expect(await store.state("shop.things")).toBeUndefined();
      await store.drop("shop.things");
    });
  });
}
