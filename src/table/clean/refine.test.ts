import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { steppingClock } from "../../core/index.ts";
import { bronzeSchema, ingest } from "../ingest/ingest.ts";
import { type Lake, openLake } from "../lake.ts";
import { int, schema, text, timestamp } from "../schema.ts";
import { rescuedColumn } from "./clean.ts";
import { rejectionSchema } from "./quarantine.ts";
import { refine } from "./refine.ts";
import type { Recipe } from "./steps.ts";

const silver = schema("people", {
  id: text({ key: true }),
  age: int({ nullable: true }),
  _loaded_at: timestamp(),
  _row_id: text(),
  _run_id: text(),
  ...rescuedColumn,
});
const recipe: Recipe<typeof silver.columns> = {
  name: "people",
  steps: [
    { do: "keep", rows: (c) => c.age.isAtLeast(18).or(c.age.isMissing()), why: "adults" },
    { do: "newest", by: "id", order: ["_loaded_at", "_row_id"], why: "newest row" },
  ],
};
const clock = steppingClock(Date.parse("2024-05-01T00:00:00Z"), 1000);
let folder: string;
let lake: Lake;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-refine-"));
  lake = await openLake(join(folder, "lake"), { clock });
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true });
});

async function landed(name: string, csv: string) {
  const bronze = lake.table(`${name}.bronze`, bronzeSchema("raw", ["id", "age"]));
  const file = join(folder, `${name}-${csv.length}.csv`);
  await writeFile(file, csv);
  await ingest(lake, { from: file, into: bronze });
  return {
    from: bronze,
    into: lake.table(`${name}.silver`, silver),
    quarantine: lake.table(`${name}.quarantine`, rejectionSchema),
    recipe,
    on: ["id"] as const,
    clock,
    values: { _run_id: "run-1" },
  };
}

describe("refine", () => {
  test("keeps rejected rows in the quarantine, each once, and every other row in silver", async () => {
    const task = await landed("once", "id,age\na,17\nb,20\nb,30\nc,x\n");
    const report = await refine(task);
    expect(report).toMatchObject({ rowsRead: 4, inserted: 2, rejected: 2, rescued: 1 });
    const rows = await (await task.into.read()).rows();
    expect(rows.map(({ id, age, _run_id }) => [id, age, _run_id])).toEqual([
      ["b", 30, "run-1"],
      ["c", null, "run-1"],
    ]);
    const rejected = await (await task.quarantine.read()).rows();
    expect(rejected.map(({ _rule }) => _rule)).toEqual(["adults", "newest row"]);
    expect(rejected.map(({ _cells }) => JSON.parse(_cells)["age"])).toEqual(["17", "20"]);
    const source = await (await task.from.read()).rows();
    expect(rejected.map((row) => row._row_id)).toEqual([source[0]?._row_id, source[1]?._row_id]);
    expect(await refine(task)).toMatchObject({ rowsRead: 0, rejected: 0 });
  });

  test("does a crash's work again without doubling the quarantine", async () => {
    const task = await landed("again", "id,age\na,17\nb,20\n");
    await refine(task);
    await task.from.update(
      (c) => c._is_processed,
      (c) => ({ _is_processed: c._is_processed.not() }),
    ); // as if the process had died before it marked them
    expect(await refine(task)).toMatchObject({ rowsRead: 2, updated: 1, rejected: 1 });
    expect(await (await task.quarantine.read()).count()).toBe(1);
    expect(await (await task.into.read()).count()).toBe(1);
  });

  test("marks rows as processed even when all of them are rejected", async () => {
    const task = await landed("none", "id,age\na,17\n");
    expect(await refine(task)).toMatchObject({ rowsRead: 1, inserted: 0, rejected: 1 });
    expect(await refine(task)).toMatchObject({ rowsRead: 0 });
    expect(await (await task.quarantine.read()).count()).toBe(1);
  });

  test("writes nothing, not even to the quarantine, when the gate throws", async () => {
    const task = await landed("gate", "id,age\na,17\nb,20\n");
    const gate = () => Promise.reject(new Error("shut"));
    await expect(refine({ ...task, gate })).rejects.toThrow("shut");
    expect(await task.into.exists()).toBe(false);
    expect(await task.quarantine.exists()).toBe(false);
  });

  test("takes the rows of a bronze table that was made anew under the name of a dropped one", async () => {
    const task = await landed("anew", "id,age\na,20\n");
    await refine(task);
    await landed("anew", "id,age\nb,20\nc,17\n");
    expect(await refine(task)).toMatchObject({ rowsRead: 2, inserted: 1 });
    await lake.drop("anew.bronze");
    const again = await landed("anew", "id,age\nd,20\nee,17\n");
    expect(await refine(again)).toMatchObject({ rowsRead: 2, inserted: 1, rejected: 1 });
    const ids = (await (await task.into.read()).rows()).map(({ id }) => id);
    expect(ids.sort()).toEqual(["a", "b", "d"]);
    expect(await refine(again)).toMatchObject({ rowsRead: 0 });
  });

  test("marks each row that was loaded again, and changes nothing else of those loaded before", async () => {
    const task = await landed("twice", "id,age\na,17\nb,20\n");
    await refine(task);
    const loadedAt = async () =>
      (await (await task.from.read()).rows()).map((row) => row._loaded_at.getTime()).sort();
    const first = await loadedAt();
    const file = join(folder, "twice-17.csv");
    for (const rows of [2, 4]) {
      await ingest(lake, { from: file, into: task.from, again: "all" });
      const second = await loadedAt();
      expect(second).toHaveLength(rows + 2);
      if (rows === 4)
        await task.from.update(
          (c) => c._is_processed,
          () => ({ _is_processed: false }),
        );
      expect((await refine(task)).rowsRead).toBe(rows === 4 ? 6 : 2);
      expect(await loadedAt()).toEqual(second);
      expect((await loadedAt()).slice(0, 2)).toEqual(first);
      expect(await refine(task)).toMatchObject({ rowsRead: 0 });
    }
    expect(await (await task.into.read()).count()).toBe(1);
    expect(await (await task.quarantine.read()).count()).toBe(2);
  });

  test("does not put older rows back when a later refinement has overtaken it", async () => {
    const task = await landed("overtaken", "id,age\na,20\n");
    const first = refine({
      ...task,
      gate: async () => {
        const newer = join(folder, "overtaken-newer.csv");
        await writeFile(newer, "id,age\na,30\n");
        await ingest(lake, { from: newer, into: task.from });
        await refine(task); // takes both files, and marks both
      },
    });
    await first;
    expect((await (await task.into.read()).rows()).map((row) => row.age)).toEqual([30]);
  });
});
