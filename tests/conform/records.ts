/** @file What every store of records does, whatever database it is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Records } from "../../src/store/index.ts";

const experiment = (id: string, name = id) => ({
  id,
  name,
  created_at_ms: 0,
  updated_at_ms: 0,
  deleted_at_ms: null,
});

/**
 * Runs the conformance tests of {@link Records} inside the caller's `describe`.
 *
 * @param make - Opens a new, empty store for each test, which closes it.
 */
export function checkRecords(make: () => Promise<Records>): void {
  test("starts with every table, and nothing in them", async () => {
    await using records = await make();
    const { db } = records;
    for (const table of ["experiment", "run", "metric", "model_version", "registry_audit"] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
  });

  test("law: texts, times and numbers come back as they were stored", async () => {
    await using records = await make();
    const { db } = records;
    const text = fc.string({ unit: "grapheme" }).filter((t) => !t.includes("\0"));
    const row = fc.record({
      id: fc.uuid(),
      name: text,
      created_at_ms: fc.maxSafeInteger(),
      updated_at_ms: fc.nat(),
      deleted_at_ms: fc.option(fc.maxSafeInteger()),
      artifact_location: text,
    });
    const unique = fc.uniqueArray(row, { selector: ({ name }) => name, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(unique, async (rows) => {
        await db.deleteFrom("experiment").execute();
        if (rows.length > 0) await db.insertInto("experiment").values(rows).execute();
        const read = await db.selectFrom("experiment").selectAll().execute();
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
        expect(read.map((r) => ({ ...r })).sort(byId)).toEqual([...rows].sort(byId));
      }),
      { numRuns: 30 },
    );
  });

  test("keeps fractions, the infinities and the largest numbers in a metric", async () => {
    await using records = await make();
    const { db } = records;
    await addRun(records);
    const values = [0.1 + 0.2, Infinity, -Infinity, Number.MAX_VALUE, 5e-324, -1];
    const rows = values.map((value, step) => ({ ...metric, step, value }));
    await db.insertInto("metric").values(rows).execute();
    const read = await db.selectFrom("metric").select("value").orderBy("step").execute();
    expect(read.map(({ value }) => value)).toEqual(values);
  });

  test("a transaction that throws leaves nothing", async () => {
    await using records = await make();
    const { db } = records;
    const work = db.transaction().execute(async (t) => {
      await t.insertInto("experiment").values(experiment("1")).execute();
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect(await db.selectFrom("experiment").selectAll().execute()).toEqual([]);
  });

  test("refuses a second row with the same key, and a row that belongs to nothing", async () => {
    await using records = await make();
    const insert = records.db.insertInto("experiment");
    await insert.values(experiment("1")).execute();
    await expect(insert.values(experiment("1", "other")).execute()).rejects.toThrow();
    await expect(insert.values(experiment("2", "1")).execute()).rejects.toThrow();
    await expect(records.db.insertInto("metric").values(metric).execute()).rejects.toThrow();
  });

  test("transactions at the same time do not lose each other's changes", async () => {
    await using records = await make();
    const { db } = records;
    await db.insertInto("experiment").values(experiment("1")).execute();
    const addOne = () =>
      db.transaction().execute(async (t) => {
        const row = await t.selectFrom("experiment").selectAll().executeTakeFirstOrThrow();
        const updated_at_ms = row.updated_at_ms + 1;
        await t.updateTable("experiment").set({ updated_at_ms }).execute();
      });
    await Promise.all(Array.from({ length: 20 }, addOne));
    expect(await db.selectFrom("experiment").select("updated_at_ms").execute()).toEqual([
      { updated_at_ms: 20 },
    ]);
  });

  test("closing twice is allowed, and a query after it is refused", async () => {
    const records = await make();
    await records.close();
    await records.close();
    const query = records.db.selectFrom("run").selectAll().execute();
    await expect(query).rejects.toMatchObject({ code: "store/conflict-closed", kind: "conflict" });
  });
}

const metric = { run_id: "r", key: "loss", step: 0, at_ms: 0, value: 1, is_nan: 0 };

async function addRun({ db }: Records): Promise<void> {
  await db.insertInto("experiment").values(experiment("0")).execute();
  const run = { id: "r", experiment_id: "0", name: "r", status: "running", started_at_ms: 0 };
  const unset = { ended_at_ms: null, deleted_at_ms: null, artifact_root: "artifacts/0/r" };
  await db
    .insertInto("run")
    .values({ ...run, ...unset })
    .execute();
}
