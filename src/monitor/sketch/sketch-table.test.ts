import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { category, float, type Lake, openLake, schema, text } from "../../table/index.ts";
import { compareSketches } from "../compare-sketches.ts";
import { labelSketch } from "./label-sketch.ts";
import { sketchRows } from "./sketch-rows.ts";
import { sketchTable } from "./sketch-table.ts";
import { formatSketch, mergeSketches, parseSketch } from "./table-sketch.ts";

let home: string;
let lake: Lake;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-sketch-table-"));
  lake = await openLake(home);
});
afterEach(async () => {
  await lake.close();
  await rm(home, { recursive: true, force: true });
});

const sales = schema("sales", {
  price: float({ nullable: true }),
  shop: category(["a", "b"]),
  note: text(),
});
const day = (n: number) =>
  Array.from({ length: 50 }, (_, i) => ({
    price: i % 9 === 0 ? null : n + i / 7,
    shop: i % 3 === 0 ? ("a" as const) : ("b" as const),
    note: `note ${i % 5} of day`,
  }));
const table = "shop.sales";

describe("sketchTable", () => {
  test("reads each file once, and then its sketch", async () => {
    const rows = lake.table(table, sales);
    await rows.append(day(1));
    await rows.append(day(2));
    expect(await sketchTable({ lake, table })).toMatchObject({ files: 2, readFiles: 2 });
    expect(await sketchTable({ lake, table })).toMatchObject({ files: 2, readFiles: 0 });
    await rows.append(day(3));
    const third = await sketchTable({ lake, table });
    expect(third).toMatchObject({ files: 3, readFiles: 1, sketch: { rows: 150 } });
  });

  test("compares without the data files, when they cannot be read any more", async () => {
    const rows = lake.table(table, sales);
    await rows.append(day(1));
    await rows.append(day(2));
    const before = await sketchTable({ lake, table });
    const names = await readdir(rows.path);
    for (const name of names.filter((file) => file.endsWith(".parquet")))
      await rm(join(rows.path, name));
    const after = await sketchTable({ lake, table });
    expect(formatSketch(after.sketch)).toEqual(formatSketch(before.sketch));
    const drift = compareSketches({ reference: before.sketch, current: after.sketch });
    expect(drift.map(({ level }) => level)).toEqual(["none", "none", "none"]);
  });

  test("gives what a scan of all rows gives, also after rows were deleted and files packed", async () => {
    const rows = lake.table(table, sales);
    for (const n of [1, 2, 3]) await rows.append(day(n));
    await sketchTable({ lake, table });
    await rows.delete((c) => c.price.isAbove(5));
    const expected = async () => {
      const { rows: n, columns } = await sketchRows(await rows.read());
      const price = columns.get("price");
      return { n, price: price?.shape === "numbers" ? [...price.values] : [] };
    };
    const got = async () => {
      const { sketch } = await sketchTable({ lake, table });
      const price = sketch.columns.get("price");
      return { n: sketch.rows, price: price?.shape === "numbers" ? [...price.values] : [] };
    };
    expect(await got()).toEqual(await expected());
    await rows.optimize();
    expect(await got()).toEqual(await expected());
    expect(await sketchTable({ lake, table, version: 0 })).toMatchObject({
      readFiles: 0,
      sketch: { rows: 50 },
    });
  });

  test("leaves its sketches where a vacuum does not look, and where the table's readers see nothing", async () => {
    const rows = lake.table(table, sales);
    await rows.append(day(1));
    await sketchTable({ lake, table });
    expect((await rows.vacuum({ retentionHours: 0, force: true })).removed).toEqual([]);
    expect(await sketchTable({ lake, table })).toMatchObject({ readFiles: 0 });
    expect(await (await rows.read()).count()).toBe(50);
  });

  test("sketches files again when the table has a new column", async () => {
    await lake.table(table, sales).append(day(1));
    await sketchTable({ lake, table });
    const wider = schema("sales", { ...sales.columns, size: float({ nullable: true }) });
    await lake.table(table, wider).append(
      day(2).map((row) => ({ ...row, size: 1 })),
      { evolve: true },
    );
    const { sketch, readFiles } = await sketchTable({ lake, table });
    expect(readFiles).toBe(2);
    expect(sketch.columns.get("size")).toMatchObject({ rows: 100, missing: 50 });
  });

  test("has an empty sketch of an empty table, and knows no missing one", async () => {
    await lake.table(table, sales).append([]);
    expect((await sketchTable({ lake, table })).sketch.rows).toBe(0);
    await expect(sketchTable({ lake, table: "shop.none" })).rejects.toMatchObject({
      code: "table/missing-table",
    });
  });
});

describe("parseSketch", () => {
  test("gives back what was written, and nothing of what is not whole", async () => {
    const rows = lake.table(table, sales);
    await rows.append(day(1));
    const sketch = await sketchRows(await rows.read());
    const bytes = formatSketch(sketch);
    expect(parseSketch(bytes)).toEqual(sketch);
    expect(parseSketch(bytes.subarray(0, 100))).toBeUndefined();
    expect(parseSketch(Buffer.from('{"format":0}'))).toBeUndefined();
  });
});

describe("mergeSketches", () => {
  test("refuses one column of two kinds, and leaves out what only one has", () => {
    const labels = labelSketch({ rows: 1, missing: 0 }, [["a", 1]]);
    const a = { rows: 1, columns: new Map([["x", labels]]) };
    expect(mergeSketches(a, { rows: 2, columns: new Map() })).toEqual({
      rows: 3,
      columns: new Map(),
    });
    const numbers = {
      shape: "numbers",
      rows: 0,
      missing: 0,
      infinite: [0, 0],
      bits: 52,
      values: new Float64Array(),
      counts: new Float64Array(),
      min: 0,
      max: 0,
      mean: 0,
      squares: 0,
    } as const;
    expect(() => mergeSketches(a, { rows: 1, columns: new Map([["x", numbers]]) })).toThrow(
      expect.objectContaining({ code: "monitor/mismatch-column" }),
    );
  });
});
