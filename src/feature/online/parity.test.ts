import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { float, schema, text } from "../../table/index.ts";
import { featureTable } from "../table/feature-table.ts";
import { writeFeatures } from "../table/write-features.ts";
import { materialize } from "./materialize.ts";
import { memoryStore } from "./memory-store.ts";
import { checkParity } from "./parity.ts";
import type { OnlineEntry, OnlineStore } from "./store.ts";

const spending = featureTable({
  name: "shop.spending",
  schema: schema("spending", { id: text(), spend: float() }),
  key: "id",
});
const rows = Array.from({ length: 10_000 }, (_, i) => ({ id: `k${i}`, spend: i }));
async function filled() {
  const lake = await newLake();
  await writeFeatures(lake, spending, rows);
  const store = await memoryStore();
  await materialize(lake, store, { table: "shop.spending" });
  return { lake, store, [Symbol.asyncDispose]: store.close };
}

/** Changes rows behind the back of the offline table. */
async function spoil(store: OnlineStore, entries: readonly OnlineEntry[], gone: string[]) {
  const from = await store.state("shop.spending");
  if (from === undefined) throw new Error("it is not there");
  const upserts = async function* () {
    yield entries;
  };
  const state = { ...from, atMs: from.atMs + 1 };
  await store.write({ state, from, upserts: upserts(), deletes: gone.map((key) => [key]) });
}

describe("checkParity", () => {
  test("asks the store for some keys at a time, and finds what differs wherever it is", async () => {
    await using it = await filled();
    const asked: number[] = [];
    const counting: OnlineStore = {
      ...it.store,
      read: (...[table, keys, columns]) => {
        asked.push(keys.length);
        return it.store.read(table, keys, columns);
      },
    };
    const equal = await checkParity(it.lake, counting, "shop.spending");
    expect(equal).toMatchObject({ equal: true, keys: 10_000, values: 10_000, differing: 0 });
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.reduce((sum, keys) => sum + keys)).toBe(10_000);
    const entry = (key: string, cell: number): OnlineEntry => ({
      key: [key],
      cells: [cell],
      atMs: null,
    });
    // as many too much as too little
    await spoil(it.store, [entry("k9000", -1), entry("x", 1), entry("y", 2)], ["k3", "k9999"]);
    const { differences, ...report } = await checkParity(it.lake, it.store, "shop.spending");
    expect(report).toMatchObject({ equal: false, keys: 10_000, differing: 5 });
    expect(differences).toHaveLength(5);
    expect(differences).toEqual(
      expect.arrayContaining([
        { key: ["k3"], column: null, offline: 1, online: "no row" },
        { key: ["k9999"], column: null, offline: 1, online: "no row" },
        { key: ["k9000"], column: "spend", offline: 9000, online: -1 },
        { key: ["x"], column: null, offline: "no row", online: 1 },
        { key: ["y"], column: null, offline: "no row", online: 1 },
      ]),
    );
  });

  test("says so when the store is written, or the table dropped, while it compares", async () => {
    await using it = await filled();
    let then = () => spoil(it.store, [], ["k3"]);
    const changing: OnlineStore = {
      ...it.store,
      read: async (...asked) => {
        const found = await it.store.read(...asked);
        await then();
        then = async () => undefined;
        return found;
      },
    };
    const checking = () => checkParity(it.lake, changing, "shop.spending");
    await expect(checking()).rejects.toMatchObject({ code: "feature/conflict-materialize" });
    then = () => it.store.drop("shop.spending");
    await expect(checking()).rejects.toMatchObject({ code: "feature/missing-online-table" });
  });
});
