import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { frame } from "../frame.ts";
import type { Lake } from "../lake.ts";
import { bool, float, int, type Row, schema, text, timestamp } from "../schema.ts";

const stock = schema("stock", {
  id: text({ key: true }),
  n: int(),
  note: text({ nullable: true }),
});
const row = (id: string, n: number, note: string | null = null): Row<typeof stock> => ({
  id,
  n,
  note,
});
const feed = schema("feed", { id: text({ nullable: true }), n: int(), gone: bool() });

function feedOf(lake: Lake, rows: readonly (readonly [string | null, number, boolean])[]) {
  const values = rows.map(
    ([id, n, gone]) => `(${id === null ? "NULL" : `'${id}'`}::VARCHAR, ${n}::BIGINT, ${gone})`,
  );
  const sql = `SELECT * FROM (VALUES ${values.join(", ")}) v(id, n, gone)`;
  return frame({ engine: lake.engine, schema: feed, sql });
}

async function stocked(rows: readonly Row<typeof stock>[]) {
  const lake = await newLake();
  const table = lake.table("shop.stock", stock);
  await table.append(rows);
  const now = async () =>
    (await (await table.read()).rows()).map(({ id, n, note }) => [id, n, note]);
  return { lake, table, now };
}

describe("mergeWhen", () => {
  test("takes the first clause whose condition is true: delete, update, insert", async () => {
    const { lake, table, now } = await stocked([row("a", 1), row("b", 2), row("c", 3)]);
    const source = feedOf(lake, [
      ["a", 10, true],
      ["b", 20, false],
      ["d", 40, false],
      ["e", 50, true],
    ]);
    const commit = await table.mergeWhen(source, {
      on: ["id"],
      matched: [
        { condition: (_, s) => s.gone, delete: true },
        { set: (t, s) => ({ n: t.n.plus(s.n), note: "sum" }) },
      ],
      notMatched: [
        { condition: (s) => s.gone.not(), values: (s) => ({ id: s.id, n: s.n, note: "new" }) },
      ],
    });
    expect(commit.metrics).toMatchObject({
      numSourceRows: 4,
      numTargetRowsDeleted: 1,
      numTargetRowsUpdated: 1,
      numTargetRowsInserted: 1,
      numTargetRowsCopied: 1,
    });
    expect(await now()).toEqual([
      ["b", 22, "sum"],
      ["c", 3, null],
      ["d", 40, "new"],
    ]);
  });

  test("treats the rows of the table that no row of the source matches", async () => {
    const { lake, table, now } = await stocked([row("a", 1), row("b", 2), row("c", 3)]);
    await table.mergeWhen(feedOf(lake, [["a", 10, false]]), {
      on: ["id"],
      matched: [{ set: "all" }],
      notMatchedBySource: [
        { condition: (t) => t.n.isAbove(2), delete: true },
        { set: (t) => ({ n: t.n.times(100), note: "orphan" }) },
      ],
    });
    expect(await now()).toEqual([
      ["a", 10, null],
      ["b", 200, "orphan"],
    ]);
  });

  test("leaves files alone that hold no changed row, and inserts no row that matched in them", async () => {
    const { lake, table, now } = await stocked([row("a", 1)]);
    await table.append([row("b", 2)]);
    const commit = await table.mergeWhen(
      feedOf(lake, [
        ["a", 10, false],
        ["b", 20, true],
      ]),
      {
        on: ["id"],
        matched: [{ condition: (_, s) => s.gone, set: "all" }],
        notMatched: [{ values: "all" }],
      },
    );
    expect(commit.metrics).toMatchObject({ numTargetRowsInserted: 0, numRemovedFiles: 1 });
    expect(await now()).toEqual([
      ["a", 1, null],
      ["b", 20, null],
    ]);
  });

  test("matches by any condition, and missing keys match nothing", async () => {
    const { lake, table, now } = await stocked([row("a", 1), row("b", 5)]);
    const source = feedOf(lake, [
      [null, 9, false],
      ["x", 5, false],
    ]);
    await table.mergeWhen(source, {
      on: (t, s) => t.n.isAtLeast(s.n.minus(1)),
      matched: [{ set: () => ({ note: "hit" }) }],
      notMatched: [{ values: (s) => ({ id: s.id.orElse("none"), n: s.n }) }],
    });
    expect(await now()).toEqual([
      ["a", 1, null],
      ["b", 5, "hit"],
      ["none", 9, null],
    ]);
    await table.mergeWhen(feedOf(lake, [[null, 1, false]]), {
      on: ["id"],
      notMatched: [{ values: (s) => ({ id: s.id.orElse("again"), n: s.n }) }],
    });
    expect(await now()).toContainEqual(["again", 1, null]);
  });

  test("refuses two rows of the source for one of the table, and writes nothing", async () => {
    const { lake, table } = await stocked([row("a", 1)]);
    const twice = feedOf(lake, [
      ["a", 1, false],
      ["a", 2, false],
    ]);
    await expect(
      table.mergeWhen(twice, { on: ["id"], matched: [{ set: "all" }] }),
    ).rejects.toMatchObject({ code: "table/duplicate-match", details: { rows: 1 } });
    await expect(
      table.mergeWhen(twice, {
        on: ["id"],
        matched: [{ condition: (_, s) => s.n.isAbove(1), set: "all" }],
      }),
    ).resolves.toMatchObject({ skipped: false });
    await expect(table.mergeWhen(twice, { on: ["id"] })).rejects.toMatchObject({
      code: "table/missing-clauses",
    });
  });

  test("tells table and source apart whatever their columns are called", async () => {
    const letters = { rowid: 0, file: 8, a: 1, f: 2, p: 3, r: 4, t: 5, s: 6, m: 7 };
    const odd = schema("odd", {
      there: int({ key: true }),
      use_source: int(),
      filename: text(),
      source: text(),
      rowid: int(),
      file: int(),
      a: int(),
      f: int(),
      p: int(),
      r: int(),
      t: int(),
      s: int(),
      m: int(),
    });
    const lake = await newLake();
    const table = lake.table("odd.names", odd);
    const one = (there: number, filename: string) => ({
      there,
      use_source: there,
      filename,
      source: "s",
      ...letters,
    });
    await table.append([one(1, "a"), one(2, "b")]);
    await table.merge([one(2, "c"), one(3, "d")], { on: ["there"] });
    await table.update(
      (c) => c.use_source.is(1),
      () => ({ filename: "e" }),
    );
    expect(await (await table.read()).rows()).toEqual([one(1, "e"), one(2, "c"), one(3, "d")]);
  });

  test("refuses columns that a source has not and expressions of another kind", async () => {
    const { lake, table } = await stocked([row("a", 1)]);
    const source = feedOf(lake, [["a", 1, false]]);
    await expect(
      table.mergeWhen(source, { on: ["note" as "id"], matched: [{ delete: true }] }),
    ).rejects.toMatchObject({ code: "table/unknown-column" });
    const wrong = {
      on: ["id"],
      matched: [{ set: () => ({ n: "x" as unknown as number }) }],
    } as const;
    await expect(table.mergeWhen(source, wrong)).rejects.toMatchObject({
      code: "table/mismatch-value",
    });
  });
});

describe("merge", () => {
  test("replaces a row whose value is as new, and skips files whose keys cannot match", async () => {
    const { table, now } = await stocked([row("a", 1, "old"), row("b", 1)]);
    await table.append([row("x", 1)]);
    const commit = await table.merge([row("a", 1, "new")], { on: ["id"], newest: "n" });
    expect(commit.metrics).toMatchObject({ numTargetRowsUpdated: 1, numRemovedFiles: 1 });
    expect(await now()).toEqual([
      ["x", 1, null],
      ["a", 1, "new"],
      ["b", 1, null],
    ]);
  });
});

describe("update", () => {
  const typed = schema("typed", {
    id: text(),
    v: int(),
    x: float(),
    at: timestamp({ nullable: true }),
  });

  test("sets cells and expressions, moments to the microsecond", async () => {
    const lake = await newLake();
    const table = lake.table("a.typed", typed);
    const at = new Date("2024-02-29T12:00:00.123Z");
    await table.append([{ id: "a", v: 4, x: 1.5, at }]);
    await table.update(
      (c) => c.id.is("a"),
      (c) => ({ v: c.v.over(2), x: c.v, at: new Date(5) }),
    );
    expect(await (await table.read()).rows()).toEqual([{ id: "a", v: 2, x: 4, at: new Date(5) }]);
    await table.update(
      (c) => c.id.is("a"),
      () => ({ at: null }),
    );
    expect((await (await table.read()).rows())[0]?.at).toBeNull();
  });

  test("refuses a fraction for whole numbers, unknown columns and other kinds", async () => {
    const lake = await newLake();
    const table = lake.table("a.typed", typed);
    await table.append([{ id: "a", v: 5, x: 1, at: null }]);
    const all = table.schema.columns;
    expect(all.v.kind).toBe("int");
    await expect(
      table.update(
        (c) => c.id.is("a"),
        (c) => ({ v: c.v.over(2) }),
      ),
    ).rejects.toMatchObject({
      code: "table/mismatch-value",
      message: expect.stringContaining("fraction"),
    });
    const unknown = { w: 1 } as object;
    await expect(
      table.update(
        (c) => c.id.is("a"),
        () => unknown,
      ),
    ).rejects.toMatchObject({
      code: "table/unknown-column",
    });
    await expect(
      table.update(
        (c) => c.id.is("a"),
        (c) => ({
          // @ts-expect-error a text for a number
          v: c.id,
        }),
      ),
    ).rejects.toMatchObject({
      code: "table/mismatch-value",
    });
    const halves = frame({
      engine: lake.engine,
      schema: typed,
      sql: "SELECT 'b' AS id, 1.5 AS v, 1 AS x, NULL AS at",
    });
    await expect(table.append(halves)).rejects.toMatchObject({ code: "table/mismatch-value" });
    expect(await table.version()).toBe(0);
  });
});

describe("delete", () => {
  test("rewrites files that keep rows, drops whole ones, and skips those that cannot match", async () => {
    const { table, now } = await stocked([row("a", 1), row("b", 2)]);
    await table.append([row("c", 2)]);
    await table.append([row("d", 9)]);
    const commit = await table.delete((c) => c.n.is(2));
    expect(commit.metrics).toEqual({
      numDeletedRows: 2,
      numCopiedRows: 1,
      numAddedFiles: 1,
      numRemovedFiles: 2,
    });
    expect(await now()).toEqual([
      ["d", 9, null],
      ["a", 1, null],
    ]);
    expect((await table.delete((c) => c.n.is(77))).skipped).toBe(true);
    await table.delete();
    expect(await now()).toEqual([]);
  });

  test("keeps rows for which the condition is missing", async () => {
    const { table, now } = await stocked([row("a", 1, null), row("b", 2, "x")]);
    await table.delete((c) => c.note.is("x"));
    expect(await now()).toEqual([["a", 1, null]]);
  });
});
