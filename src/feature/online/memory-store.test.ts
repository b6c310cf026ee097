import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { onlineStoreConformance } from "../../../tests/conform/online.ts";
import { frameOf } from "../../../tests/support/frame-of.ts";
import { filesOf, newLake } from "../../../tests/support/lake.ts";
import { float, schema, text, timestamp } from "../../table/index.ts";
import { featureTable } from "../table/feature-table.ts";
import { describeFeatures } from "../table/stored.ts";
import { deleteFeatures, writeFeatures } from "../table/write-features.ts";
import { checkFreshness } from "./freshness.ts";
import { materialize } from "./materialize.ts";
import { memoryStore } from "./memory-store.ts";
import { checkParity } from "./parity.ts";

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-online-"));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

onlineStoreConformance("memory", () => memoryStore());
onlineStoreConformance("memory with snapshots", async () =>
  memoryStore({ snapshots: await newFolder() }),
);

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const spending = featureTable({
  name: "shop.spending",
  schema: schema("spending", { id: text(), at: timestamp(), spend: float({ nullable: true }) }),
  key: "id",
  timestamp: "at",
  freshness: { hours: 24 },
});
const keysOf = schema("keys", { id: text() });

describe("memoryStore", () => {
  test("has after it is opened again what it had, and goes on from there", async () => {
    await using lake = await newLake();
    const snapshots = await newFolder();
    const row = { id: "a", at: day(1), spend: 1 };
    await writeFeatures(lake, spending, [row, { ...row, id: "b", spend: null }]);
    {
      await using store = await memoryStore({ snapshots });
      await materialize(lake, store, { table: "shop.spending" });
    }
    await writeFeatures(lake, spending, [{ ...row, at: day(2), spend: 2 }]);
    await using store = await memoryStore({ snapshots });
    const read = async () =>
      (await store.read("shop.spending", [["a"], ["b"]], ["spend"])).map((found) => found?.cells);
    expect(await read()).toEqual([[1], [null]]);
    expect(await materialize(lake, store, { table: "shop.spending" })).toMatchObject({
      kind: "incremental",
      upserts: 1,
    });
    expect(await read()).toEqual([[2], [null]]);
  });

  test("refuses a snapshot in which any byte was changed, or that is cut short", async () => {
    await using lake = await newLake();
    const snapshots = await newFolder();
    await writeFeatures(lake, spending, [{ id: "a", at: day(1), spend: 1 }]);
    await using store = await memoryStore({ snapshots });
    await materialize(lake, store, { table: "shop.spending" });
    const [name = ""] = await readdir(snapshots);
    const file = join(snapshots, name);
    const good = await readFile(file);
    for (const at of [0, 20, 60, good.length - 100, good.length - 1]) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      await writeFile(file, bad);
      await expect(memoryStore({ snapshots })).rejects.toMatchObject({
        code: "feature/corrupt-snapshot",
      });
    }
    await writeFile(file, good.subarray(0, 10));
    await expect(memoryStore({ snapshots })).rejects.toMatchObject({
      code: "feature/corrupt-snapshot",
    });
  });
});

describe("materialize", () => {
  test("takes the newest row of each key that is true by now, and those to come when their time is there", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [
      { id: "a", at: day(1), spend: 1 },
      { id: "a", at: day(3), spend: 3 },
      { id: "a", at: day(9), spend: 9 },
    ]);
    await using store = await memoryStore();
    const clock = (n: number) => () => day(n).getTime();
    const spend = async () => (await store.read("shop.spending", [["a"]], ["spend"]))[0]?.cells[0];
    expect(
      await materialize(lake, store, { table: "shop.spending", clock: clock(5) }),
    ).toMatchObject({ kind: "full" });
    expect(await spend()).toBe(3);
    expect(
      await materialize(lake, store, { table: "shop.spending", clock: clock(6) }),
    ).toMatchObject({ kind: "nothing" });
    expect(
      await materialize(lake, store, { table: "shop.spending", clock: clock(9) }),
    ).toMatchObject({ kind: "incremental" });
    expect(await spend()).toBe(9);
  });

  test("begins anew where a table was dropped and made again under its name, or cut back", async () => {
    await using lake = await newLake();
    await using store = await memoryStore();
    const write = (id: string, spend: number) =>
      writeFeatures(lake, spending, [{ id, at: day(1), spend }]);
    await write("a", 1);
    await materialize(lake, store, { table: "shop.spending" });
    const { tableVersion: kept = -1 } = (await store.state("shop.spending")) ?? {};
    await lake.drop("shop.spending");
    await write("b", 2);
    await expect(checkParity(lake, store, "shop.spending")).rejects.toMatchObject({
      code: "feature/conflict-online-table",
    });
    for (let n = 3; (await describeFeatures(lake, "shop.spending")).tableVersion <= kept; n++)
      await write("c", n);
    const done = await materialize(lake, store, { table: "shop.spending" });
    expect(done).toMatchObject({ kind: "full", upserts: 2 });
    const found = await store.read("shop.spending", [["a"], ["b"]], ["spend"]);
    expect(found.map((row) => row?.cells)).toEqual([undefined, [2]]);
    expect((await checkParity(lake, store, "shop.spending")).equal).toBe(true);
    const files = filesOf(lake.table("shop.spending", spending.schema));
    const { tableVersion } = await describeFeatures(lake, "shop.spending");
    await files.remove(`_delta_log/${String(tableVersion).padStart(20, "0")}.json`); // a copy from before
    const back = await materialize(lake, store, { table: "shop.spending" });
    expect(back).toMatchObject({ kind: "full", tableVersion: tableVersion - 1 });
  });

  test("law: step by step is what a full materialization is, deletes and late rows included", async () => {
    const write = fc.record({
      kind: fc.constant("write" as const),
      rows: fc.uniqueArray(
        fc.record({
          id: fc.constantFrom("a", "b", "c"),
          day: fc.integer({ min: 1, max: 8 }),
          spend: fc.double({ noNaN: true }),
        }),
        { selector: ({ id, day: n }) => `${id}${n}`, minLength: 1, maxLength: 5 },
      ),
    });
    const take = fc.record({
      kind: fc.constant("delete" as const),
      id: fc.constantFrom("a", "b", "c"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(write, take), { minLength: 1, maxLength: 6 }),
        async (steps) => {
          await using lake = await newLake();
          await using store = await memoryStore();
          await writeFeatures(lake, spending, []);
          for (const [i, step] of steps.entries()) {
            if (step.kind === "write")
              await writeFeatures(
                lake,
                spending,
                step.rows.map((row) => ({ id: row.id, at: day(row.day), spend: row.spend })),
              );
            else
              await deleteFeatures(lake, spending, frameOf(lake.engine, keysOf, [{ id: step.id }]));
            await materialize(lake, store, {
              table: "shop.spending",
              clock: () => day(3 + i).getTime(),
            });
            expect(await checkParity(lake, store, "shop.spending")).toMatchObject({
              equal: true,
              behind: 0,
            });
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("a row that is known later than it is true", () => {
  test("is online from when it is known, as it is in a training set", async () => {
    await using lake = await newLake();
    const late = featureTable({
      name: "shop.late",
      schema: schema("late", { id: text(), at: timestamp(), known: timestamp(), spend: float() }),
      key: "id",
      timestamp: "at",
      availableAt: "known",
    });
    await writeFeatures(lake, late, [
      { id: "a", at: day(1), known: day(1), spend: 1 },
      { id: "a", at: day(2), known: day(6), spend: 2 },
      { id: "a", at: day(1), known: day(3), spend: 3 },
    ]);
    await using store = await memoryStore();
    const spends = [];
    for (const n of [2, 4, 6]) {
      await materialize(lake, store, { table: "shop.late", clock: () => day(n).getTime() });
      spends.push((await store.read("shop.late", [["a"]], ["spend"]))[0]?.cells[0]);
    }
    expect(spends).toEqual([1, 3, 2]);
  });
});

describe("checkParity", () => {
  test("says which key, column and values differ", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [
      { id: "a", at: day(1), spend: 1 },
      { id: "b", at: day(1), spend: 2 },
      { id: "c", at: day(1), spend: 3 },
    ]);
    await using store = await memoryStore();
    await expect(checkParity(lake, store, "shop.spending")).rejects.toMatchObject({
      code: "feature/missing-online-table",
    });
    await materialize(lake, store, { table: "shop.spending" });
    const state = await store.state("shop.spending");
    if (state === undefined) throw new Error("it has none");
    const upserts = async function* () {
      yield [
        { key: ["a"], cells: [7], atMs: 0 },
        { key: ["z"], cells: [7], atMs: 0 },
        { key: ["c"], cells: [3], atMs: null },
      ];
    };
    await store.write({ state, from: state, upserts: upserts(), deletes: [["b"]] });
    const report = await checkParity(lake, store, "shop.spending");
    expect(report).toMatchObject({ equal: false, differing: 5, keys: 3, values: 6 });
    expect(report.differences).toEqual(
      expect.arrayContaining([
        { key: ["a"], column: "spend", offline: 1, online: 7 },
        { key: ["a"], column: "at", offline: day(1), online: new Date(0) },
        { key: ["c"], column: "at", offline: day(1), online: null },
        { key: ["b"], column: null, offline: 1, online: "no row" },
        { key: ["z"], column: null, offline: "no row", online: 1 },
      ]),
    );
  });
});

describe("checkFreshness", () => {
  const day2 = () => day(2).getTime();

  test("judges the newest row by the declared age; an empty table is not fresh", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, []);
    expect(await checkFreshness(lake, "shop.spending", day2)).toMatchObject({
      newestMs: null,
      state: "stale",
    });
    await writeFeatures(lake, spending, [{ id: "a", at: day(1), spend: 1 }]);
    expect(await checkFreshness(lake, "shop.spending", day2)).toMatchObject({
      ageMs: 86_400_000,
      state: "fresh",
    });
    expect((await checkFreshness(lake, "shop.spending", () => day2() + 1)).state).toBe("stale");
    await writeFeatures(lake, spending, [{ id: "a", at: day(9), spend: 1 }]); // to come
    expect((await checkFreshness(lake, "shop.spending", () => day2() + 1)).state).toBe("stale");
  });

  test("says where no age is declared, and how many keys have no row within their ttl", async () => {
    await using lake = await newLake();
    const aging = featureTable({
      ...{ name: "shop.aging", schema: spending.schema, key: "id", timestamp: "at" },
      ttl: { hours: 24 },
    });
    await writeFeatures(lake, aging, [
      { id: "a", at: day(1), spend: 1 },
      { id: "b", at: new Date(day(1).getTime() - 1), spend: 1 },
      { id: "b", at: day(9), spend: 2 },
    ]);
    expect(await checkFreshness(lake, "shop.aging", day2)).toMatchObject({
      ...{ state: "undeclared", freshnessMs: null, ttlMs: 86_400_000, keys: 2, expired: 1 },
    });
    const plans = featureTable({
      name: "shop.plans",
      schema: schema("p", { id: text() }),
      key: "id",
    });
    await writeFeatures(lake, plans, [{ id: "a" }]);
    expect(await checkFreshness(lake, "shop.plans", day2)).toMatchObject({
      ...{ state: "undeclared", ttlMs: null, keys: 1, expired: null },
    });
  });
});
