import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { runningStatements } from "../../../tests/support/running-statements.ts";
import { float, openEngine, schema, text } from "../../table/index.ts";
import { featureTable } from "../table/feature-table.ts";
import { writeFeatures } from "../table/write-features.ts";
import { materialize, timeName } from "./materialize.ts";
import { memoryStore } from "./memory-store.ts";
import { partsOf } from "./parts-of.ts";
import type { OnlineStore } from "./store.ts";

const spending = featureTable({
  name: "shop.spending",
  schema: schema("spending", { id: text(), spend: float() }),
  key: "id",
});
const rows = Array.from({ length: 10_000 }, (_, i) => ({ id: `k${i}`, spend: i }));
const isReading = (): boolean => runningStatements().some((sql) => sql.includes(timeName));

/** A store that looks at what it is given before it takes it. */
const looking = (store: OnlineStore, look: (rows: number) => void): OnlineStore => ({
  ...store,
  write: (batch) => {
    async function* upserts() {
      for await (const part of batch.upserts) {
        look(part.length);
        yield part;
      }
    }
    return store.write({ ...batch, upserts: upserts() });
  },
});

describe("materialize", () => {
  test("gives the store some rows at a time, while the query waits", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, rows);
    await using store = await memoryStore();
    const seen: { readonly rows: number; readonly reading: boolean }[] = [];
    const slow = looking(store, (count) => seen.push({ rows: count, reading: isReading() }));
    const done = await materialize(lake, slow, { table: "shop.spending" });
    expect(done).toMatchObject({ kind: "full", upserts: 10_000 });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.every(({ reading }) => reading)).toBe(true);
    const found = await store.read("shop.spending", [["k0"], ["k9999"]], ["spend"]);
    expect(found.map((row) => row?.cells)).toEqual([[0], [9999]]);
  });

  test("ends the query when the store fails on the way, and says why", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, rows);
    await using store = await memoryStore();
    const full = looking(store, () => {
      throw new Error("the disk is full");
    });
    const failing = materialize(lake, full, { table: "shop.spending" });
    await expect(failing).rejects.toThrow("the disk is full");
    expect(isReading()).toBe(false);
    expect(await store.tables()).toEqual([]);
  });
});

describe("partsOf", () => {
  test("has one part made for each that is taken, and none after the last one wanted", async () => {
    await using engine = await closing();
    let made = 0;
    const counting: typeof engine = {
      ...engine,
      stream: (sql, take) =>
        engine.stream(sql, (part) => {
          made += 1;
          return take(part);
        }),
    };
    let taken = 0;
    for await (const part of partsOf(counting, "SELECT * FROM range(100000) r(n)")) {
      taken += 1;
      await new Promise(setImmediate);
      expect(made).toBe(taken);
      expect(part.rows()[0]?.["n"]).toBe((taken - 1) * part.count);
      if (taken === 3) break;
    }
    expect(made).toBe(3);
    expect(runningStatements()).toEqual([]);
  });

  test("throws what the query throws, at once or on the way", async () => {
    await using engine = await closing();
    const all = async (sql: string): Promise<number> => {
      let count = 0;
      for await (const part of partsOf(engine, sql)) count += part.count;
      return count;
    };
    await expect(all("SELECT * FROM nowhere")).rejects.toThrow("nowhere");
    const late =
      "SELECT CASE WHEN n < 90000 THEN n ELSE error('too far') END FROM range(100000) r(n)";
    await expect(all(late)).rejects.toThrow("too far");
    expect(await all("SELECT 1 WHERE false")).toBe(0);
    expect(await all("SELECT * FROM range(100000)")).toBe(100_000);
  });
});

async function closing() {
  const engine = await openEngine();
  return { ...engine, [Symbol.asyncDispose]: engine.close };
}
