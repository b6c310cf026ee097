/** @file What every online store keeps: memory, Redis and PostgreSQL run the same tests. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OnlineEntry, OnlineState, OnlineStore } from "../../src/feature/index.ts";
import type { Cell } from "../../src/flow.ts";
import {
  batch,
  entriesOf,
  entry,
  names,
  parts,
  replacing,
  spends,
  state,
  things,
} from "./online-rows.ts";

/** Whether two cells are the same bits. */
const isSame = (a: Cell | undefined, b: Cell | undefined): boolean =>
  a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : Object.is(a, b);

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
        ["a", null],
      ];
      const found = await store.read(things, keys, names);
      const [first, second, third] = rows.map(({ cells }) => cells);
      expect(found.map((row) => row?.cells)).toEqual([third, undefined, second, first, undefined]);
      expect(found.map((row) => row?.atMs)).toEqual([2, undefined, -2, 1, undefined]);
      const [one] = await store.read(things, [["a", 1]], ["plan", "spend"]);
      expect(one?.cells).toEqual(["plan a", 1.5]);
      expect(await store.read(things, [], names)).toEqual([]);
    });

    test("law: cells and keys come back bit for bit, and no two keys are one", async () => {
      await using store = await open();
      const odd = [-0, Number.NaN, 1 / 0, -1 / 0, 2 ** 53 - 1, 2 ** 53 + 2, 5e-324, 0.1 + 0.2];
      const number = fc.oneof(fc.constantFrom(...odd), fc.double());
      const words = [
        "",
        "\0",
        "a\0b",
        "👩‍👩‍👧",
        "\ud800",
        "ß\u0301",
        "␀",
        "[",
        "null",
        "x".repeat(3000),
      ];
      const word = fc.oneof(fc.constantFrom(...words), fc.string({ unit: "binary" }));
      const time = fc.date({ noInvalidDate: true });
      const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null, freq: 9 });
      const row = fc.record({
        key: fc.tuple(word, number),
        cells: fc.tuple(
          ...[orNull(number), orNull(fc.maxSafeInteger()), orNull(fc.boolean())],
          ...[orNull(word), orNull(time), orNull(word)],
        ),
        atMs: fc.option(fc.integer(), { nil: null }),
      });
      // 0 and -0 are one key, as they are in SQL
      const keyOf = ({ key: [id, n] }: { readonly key: readonly [string, number] }) =>
        JSON.stringify([id, String(n)]);
      const rows = fc.uniqueArray(row, { selector: keyOf, minLength: 1, maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(rows, async (entries) => {
          await store.write(batch(1, { ...(await replacing(store)), upserts: parts(entries) }));
          const keys = entries.map(({ key }) => key);
          const found = await store.read(things, keys, names);
          for (const [i, { cells, atMs }] of entries.entries()) {
            expect(found[i]?.atMs).toBe(atMs);
            expect(cells.filter((cell, k) => !isSame(cell, found[i]?.cells[k]))).toEqual([]);
          }
          const all = await entriesOf(store);
          expect(all).toHaveLength(entries.length);
          expect(all).toEqual(
            expect.arrayContaining(
              entries.map((one) => expect.objectContaining({ cells: one.cells })),
            ),
          );
        }),
        { numRuns: 25 },
      );
    });

    test("reads many keys at once, and lists every row once", async () => {
      await using store = await open();
      const rows = Array.from({ length: 5000 }, (_, i) => entry(`k${i}`, i, i));
      await store.write(batch(1, { upserts: parts(rows.slice(0, 1500), rows.slice(1500)) }));
      const keys = rows.map(({ key }) => key);
      const found = await store.read(things, [...keys, ["no", 1], ...keys], ["spend"]);
      const wanted = rows.map((_, i) => i);
      expect(found.map((row) => row?.cells[0])).toEqual([...wanted, undefined, ...wanted]);
      const listed = (await entriesOf(store)).map(({ key }) => String(key[0])).sort();
      expect(listed).toEqual(rows.map(({ key }) => String(key[0])).sort());
      const half = keys.slice(0, 2500);
      await store.write(batch(2, { from: state(1), deletes: half }));
      expect(await entriesOf(store)).toHaveLength(2500);
      const after = await store.read(things, [...half.slice(0, 2), ["k4999", 4999]], ["spend"]);
      expect(after.map((row) => row?.cells[0])).toEqual([undefined, undefined, 4999]);
    });

    test("records exactly how far it is, and replaces or steps on", async () => {
      await using store = await open();
      expect(await store.state(things)).toBeUndefined();
      await store.write(batch(3, { upserts: parts([entry("a", 1, 1), entry("b", 1, 2)]) }));
      expect(await store.state(things)).toEqual(state(3));
      const step = { from: state(3), upserts: parts([entry("a", 1, 9)]), deletes: [["b", 1]] };
      await store.write(batch(5, step));
      expect(await store.state(things)).toEqual(state(5));
      expect(await spends(store, "a", "b", "c")).toEqual([9, undefined, undefined]);
      const replace = { from: state(5), replaces: true, upserts: parts([entry("c", 1, 7)]) };
      await store.write(batch(6, { ...replace, deletes: [["c", 1]] }));
      expect(await spends(store, "a", "b", "c")).toEqual([undefined, undefined, 7]);
      expect(await entriesOf(store)).toEqual([entry("c", 1, 7)]);
      expect(await store.tables()).toEqual([things]);
    });

    test("takes what comes last for a key, and sets what the same batch deletes", async () => {
      await using store = await open();
      await store.write(batch(1, { upserts: parts([entry("a", 1, 1), entry("b", 1, 1)]) }));
      const upserts = parts([entry("b", 1, 2), entry("a", 1, 3)], [entry("b", 1, 4)]);
      await store.write(
        batch(2, {
          from: state(1),
          upserts,
          deletes: [
            ["a", 1],
            ["no", 1],
          ],
        }),
      );
      expect(await spends(store, "a", "b")).toEqual([3, 4]);
    });

    test("replaces a table by one of another shape, and by an empty one", async () => {
      await using store = await open();
      await store.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
      const other: OnlineState = {
        ...state(2),
        key: [{ name: "id", kind: "text" }],
        columns: [{ name: "only", kind: "bool" }],
        ttlMs: 5,
        toldBeforeMs: 7,
      };
      const row: OnlineEntry = { key: ["a"], cells: [true], atMs: null };
      const replace = { from: state(1), replaces: true, upserts: parts([row]) };
      await store.write({ ...batch(2, replace), state: other });
      expect(await store.read(things, [["a"]], ["only"])).toEqual([
        { cells: [true], atMs: null, ttlMs: 5, toldBeforeMs: 7, version: 1 },
      ]);
      await store.write(batch(3, { from: other, replaces: true }));
      expect(await entriesOf(store)).toEqual([]);
      expect(await store.state(things)).toEqual(state(3));
      expect(await spends(store, "a")).toEqual([undefined]);
    });

    test("refuses a step from a state that it is not at, and stays as it is", async () => {
      await using store = await open();
      const refused = { code: "feature/conflict-materialize", kind: "conflict" };
      const upserts = () => parts([entry("a", 1, 9)]);
      const none = store.write(batch(5, { from: state(2), upserts: upserts() }));
      await expect(none).rejects.toMatchObject(refused);
      expect(await store.state(things)).toBeUndefined();
      await store.write(batch(3, { upserts: parts([entry("a", 1, 1)]) }));
      for (const from of [state(2), state(4), state(3, 11), null]) {
        const late = store.write(batch(5, { from, upserts: upserts(), replaces: from === null }));
        await expect(late).rejects.toMatchObject(refused);
        expect(await spends(store, "a")).toEqual([1]);
        expect(await store.state(things)).toEqual(state(3));
      }
    });

    test("lets one of many writers in that begin at one state, and tells the others", async () => {
      await using store = await open();
      await store.write(batch(1, { upserts: parts([entry("a", 1, 0), entry("b", 1, 0)]) }));
      for (let version = 1; version < 6; version++) {
        const from = (await store.state(things)) ?? state(0);
        const written = await Promise.allSettled(
          [1, 2, 3, 4].map((n) =>
            store.write({
              ...batch(version + 1, {
                from,
                upserts: parts([entry("a", 1, n)], [entry("b", 1, n)]),
              }),
              state: state(version + 1, 10 + n),
            }),
          ),
        );
        const won = written.flatMap(({ status }, i) => (status === "fulfilled" ? [i + 1] : []));
        expect(won).toHaveLength(1);
        const [winner = 0] = won;
        for (const one of written)
          if (one.status === "rejected")
            expect(one.reason).toMatchObject({ code: "feature/conflict-materialize" });
        expect(await spends(store, "a", "b")).toEqual([winner, winner]);
        expect(await store.state(things)).toEqual(state(version + 1, 10 + winner));
      }
    });

    test("shows each read rows of one version while others come", async () => {
      await using store = await open();
      const ids = Array.from({ length: 2500 }, (_, i) => `k${i}`);
      const rows = (n: number) => ids.map((id) => entry(id, 1, n));
      await store.write(batch(1, { upserts: parts(rows(1)) }));
      const writing = { done: false };
      const write = async (): Promise<void> => {
        for (let n = 2; n < 12; n++) {
          const how = { from: state(n - 1), replaces: n % 3 === 0 };
          const all = rows(n);
          await store.write(
            batch(n, { ...how, upserts: parts(all.slice(0, 1100), all.slice(1100)) }),
          );
        }
        writing.done = true;
      };
      const seen = new Set<unknown>();
      const read = async (): Promise<void> => {
        while (!writing.done) {
          const now = new Set(await spends(store, ...ids));
          expect(now.size).toBe(1);
          for (const n of now) seen.add(n);
          await new Promise(setImmediate);
        }
      };
      await Promise.all([write(), read()]);
      expect(seen.has(undefined)).toBe(false);
      expect(await spends(store, "k0", "k2499")).toEqual([11, 11]);
    });

    test("shows nothing of a batch that fails on the way", async () => {
      await using store = await open();
      await store.write(batch(3, { upserts: parts([entry("a", 1, 1)]) }));
      async function* broken() {
        yield [entry("a", 1, 9)];
        throw new Error("the table went away");
      }
      for (const replaces of [true, false]) {
        const how = { from: state(3), replaces, deletes: [["a", 1]] };
        const failing = store.write(batch(4, { ...how, upserts: broken() }));
        await expect(failing).rejects.toThrow("went away");
        expect(await spends(store, "a")).toEqual([1]);
        expect(await store.state(things)).toEqual(state(3));
      }
    });

    test("refuses tables, columns and keys that it has not, and forgets a table", async () => {
      await using store = await open();
      const missing = { code: "feature/missing-online-table" };
      await expect(store.read(things, [["a", 1]], names)).rejects.toMatchObject(missing);
      await expect(entriesOf(store)).rejects.toMatchObject(missing);
      await store.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
      await expect(store.read(things, [["a", 1]], ["spent"])).rejects.toMatchObject({
        code: "feature/unknown-online-column",
      });
      await expect(store.read(things, [["a"]], ["spend"])).rejects.toMatchObject({
        code: "feature/mismatch-online-key",
      });
      await store.drop(things);
      expect(await store.state(things)).toBeUndefined();
      expect(await store.tables()).toEqual([]);
      await store.drop(things);
    });
  });
}
