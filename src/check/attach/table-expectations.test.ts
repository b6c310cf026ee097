import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { isMillraceError } from "../../core/index.ts";
import { float, frame, ingest, int, type Row, schema, text, timestamp } from "../../table/index.ts";
import { expectations } from "../expectation.ts";
import { quarantineSchema } from "../split-by-expectations.ts";
import { expectationMetrics } from "./expectation-metrics.ts";
import { readTableExpectations, tableExpectations } from "./table-expectations.ts";

const orders = schema("orders", {
  id: text({ key: true }),
  n: int({ nullable: true }),
  price: float({ nullable: true }),
});
const e = expectations(orders);
const row = (id: string, n: number | null, price: number | null = 1): Row<typeof orders> => ({
  id,
  n,
  price,
});
const attached = tableExpectations(orders, {
  keep: [e.between("n", { max: 9 })],
  drop: [e.between("n", { min: 0 }), e.notNull("price")],
  fail: [e.matches("id", /[a-z]+/)],
  quarantine: "shop.rejected",
});

async function shop(rows: readonly Row<typeof orders>[] = [], rules = attached) {
  const lake = await newLake();
  const table = lake.table("shop.orders", orders);
  await table.append(rows);
  await table.alter({ expectations: rules });
  const rejected = lake.table("shop.rejected", quarantineSchema(orders));
  const ids = async () => (await (await table.read()).rows()).map(({ id, n }) => [id, n]);
  const gone = async () =>
    (await rejected.exists())
      ? (await (await rejected.read()).rows()).map(({ id, _rule }) => [id, _rule])
      : [];
  return { lake, table, ids, gone };
}

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return isMillraceError(error) ? error.code : error;
  }
}

describe("tableExpectations", () => {
  test("keep and count, drop into the quarantine, and fail, at an append", async () => {
    const { table, ids, gone } = await shop([row("old", -5)]);
    const done = await table.append([row("a", 1), row("b", 10), row("c", -1), row("d", -2, null)]);
    expect(await ids()).toEqual([
      ["old", -5],
      ["a", 1],
      ["b", 10],
    ]);
    expect(await gone()).toEqual([
      ["c", "n is ≥ 0"],
      ["d", "n is ≥ 0; price has a value"],
    ]);
    expect(done.metrics).toMatchObject({ numOutputRows: 2, numDroppedRows: 2 });
    expect(done.expectations).toEqual([
      { name: "n is ≤ 9", action: "keep", passed: 3, failed: 1, dropped: 0 },
      { name: "n is ≥ 0", action: "drop", passed: 2, failed: 2, dropped: 2 },
      { name: "price has a value", action: "drop", passed: 3, failed: 1, dropped: 1 },
      { name: "id matches /[a-z]+/", action: "fail", passed: 4, failed: 0, dropped: 0 },
    ]);
    await expect(table.append([row("e", 1), row("F", 1), row("G", 2)])).rejects.toMatchObject({
      code: "table/mismatch-expectation",
      message: expect.stringContaining(
        'id matches /[a-z]+/ (2 of 3 rows: {"id":"F"}, {"id":"G"}). Nothing was written',
      ),
    });
    expect((await table.history())[0]?.version).toBe(done.version);
  });

  test("judge an overwrite, of all rows and of some", async () => {
    const { table, ids, gone } = await shop([row("a", 1), row("b", 2)]);
    await table.overwrite([row("b", 3), row("c", -3)], {
      where: (c) => c.id.is("b").or(c.id.is("c")),
    });
    expect(await ids()).toEqual([
      ["a", 1],
      ["b", 3],
    ]);
    await table.overwrite([row("d", 4), row("e", -4)]);
    expect(await ids()).toEqual([["d", 4]]);
    expect((await gone()).map(([id]) => id)).toEqual(["c", "e"]);
  });

  test("drop a row of a merge: it is not inserted, and what it would change stays as it was", async () => {
    const { table, ids, gone } = await shop([row("a", 1), row("b", 2)]);
    const done = await table.merge([row("a", -1), row("b", 20), row("c", -3), row("d", 4)], {
      on: ["id"],
    });
    expect(await ids()).toEqual([
      ["a", 1],
      ["b", 20],
      ["d", 4],
    ]);
    expect(done.metrics).toMatchObject({
      numTargetRowsUpdated: 1,
      numTargetRowsInserted: 1,
      numTargetRowsCopied: 1,
      numDroppedRows: 2,
    });
    expect(done.expectations[1]).toMatchObject({ passed: 2, failed: 2, dropped: 2 });
    expect((await gone()).sort()).toEqual([
      ["a", "n is ≥ 0"],
      ["c", "n is ≥ 0"],
    ]);
    const none = await table.merge([row("a", -7)], { on: ["id"] });
    expect([none.metrics["numTargetRowsUpdated"], (await ids()).length]).toEqual([0, 3]);
  });

  test("judge what a merge makes of both rows, and refuse to take away a row that has no source", async () => {
    const { lake, table, ids } = await shop([row("a", 1), row("b", 2), row("c", 3)]);
    const sql =
      "SELECT * FROM (VALUES ('a', 5::BIGINT, 1.0::DOUBLE), ('b', -5::BIGINT, 1.0::DOUBLE)) v(id, n, price)";
    const source = frame({ engine: lake.engine, schema: orders, sql });
    await table.mergeWhen(source, {
      on: ["id"],
      matched: [{ set: (t, s) => ({ n: t.n.plus(s.n) }) }],
    });
    expect(await ids()).toEqual([
      ["a", 6],
      ["b", 2],
      ["c", 3],
    ]);
    const away = table.mergeWhen(source, {
      on: ["id"],
      notMatchedBySource: [{ set: () => ({ n: -1 }) }],
    });
    await expect(away).rejects.toMatchObject({ code: "table/unsupported-drop" });
    await table.mergeWhen(source, { on: ["id"], notMatchedBySource: [{ set: () => ({ n: 99 }) }] });
    expect((await table.history({ limit: 1 }))[0]?.expectations[0]).toMatchObject({ failed: 1 });
  });

  test("count the rows of an update, and refuse one whose rows would be dropped or fail", async () => {
    const { table, ids } = await shop([row("a", 1), row("b", 2)]);
    const done = await table.update(
      (c) => c.id.is("a"),
      () => ({ n: 50 }),
    );
    expect(done.expectations[0]).toMatchObject({ name: "n is ≤ 9", passed: 0, failed: 1 });
    const dropping = table.update(
      (c) => c.n.isAbove(0),
      (c) => ({ n: c.n.minus(3) }),
    );
    await expect(dropping).rejects.toMatchObject({
      code: "table/unsupported-drop",
      message: expect.stringContaining('1 row of the table would come to break "n is ≥ 0"'),
    });
    const failing = table.update(
      (c) => c.id.is("b"),
      () => ({ id: "B" }),
    );
    await expect(failing).rejects.toMatchObject({ code: "table/mismatch-expectation" });
    expect(await ids()).toEqual([
      ["a", 50],
      ["b", 2],
    ]);
  });

  test("judge ingested files, one by one, and tell what was dropped of each", async () => {
    const { lake, table, ids, gone } = await shop([row("a", 1)]);
    const folder = await mkdtemp(join(tmpdir(), "millrace-landing-"));
    await writeFile(join(folder, "1.csv"), "id,n,price\nb,2,1\nc,-1,1\n");
    await writeFile(join(folder, "2.csv"), "id,n,price\nd,-4,1\n");
    await writeFile(join(folder, "3.csv"), "id,n,price\nf,6,1\n");
    const report = await ingest(lake, { from: folder, into: table });
    expect(report.files.map(({ rows, dropped }) => [rows, dropped])).toEqual([
      [1, 1],
      [0, 1],
      [1, 0],
    ]);
    expect((await ids()).map(([id]) => id)).toEqual(["a", "b", "f"]);
    await ingest(lake, { from: folder, into: table });
    expect((await gone()).map(([id]) => id)).toEqual(["c", "d"]);
    await rm(folder, { recursive: true });
  });

  test("judge the writes of another process, which knows the table's schema alone", async () => {
    const { lake, ids, gone } = await shop();
    const script = `
      import { int, float, openLake, schema, text } from ${JSON.stringify(new URL("../../table/index.ts", import.meta.url).href)};
      const lake = await openLake(process.argv[1]);
      const orders = schema("orders", { id: text({ key: true }), n: int({ nullable: true }), price: float({ nullable: true }) });
      await lake.table("shop.orders", orders).append([{ id: "p", n: 1, price: 1 }, { id: "q", n: -1, price: 1 }]);
      await lake.close();`;
    execFileSync(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "-e",
      script,
      lake.path,
    ]);
    expect([await ids(), await gone()]).toEqual([[["p", 1]], [["q", "n is ≥ 0"]]]);
  });

  test("last over overwrites, restores and optimizing, until they are taken off", async () => {
    const { table, ids } = await shop([row("a", 1)]);
    await table.append([row("b", 2)]);
    await table.restore({ version: 0 });
    await table.optimize();
    await table.append([row("c", -1)]);
    expect(await ids()).toEqual([["a", 1]]);
    expect(await table.expectations()).toEqual(attached);
    await table.alter({ expectations: null });
    await table.append([row("c", -1)]);
    expect([await table.expectations(), (await ids()).length]).toEqual([null, 2]);
  });

  test("are read again as the expectations they were made of", async () => {
    const { table } = await shop();
    const found = readTableExpectations(
      (await table.expectations()) ?? { rules: [], quarantine: null },
    );
    expect(found.drop).toEqual([e.between("n", { min: 0 }), e.notNull("price")]);
    expect(tableExpectations(orders, { ...found, quarantine: found.quarantine ?? "" })).toEqual(
      attached,
    );
  });

  test("leave every cell of a kept row as it came, a NaN too", async () => {
    const { table } = await shop();
    await table.append([row("a", 1, Number.NaN), row("b", null, -0.5), row("c", -1, 2)]);
    expect(await (await table.read()).rows()).toEqual([row("b", null, -0.5)]); // NaN has no value
    await table.alter({
      expectations: tableExpectations(orders, { drop: [e.between("price", { min: 0 })] }),
    });
    await table.append([row("d", 1, Number.NaN), row("e", 1, -1)]);
    expect((await (await table.read()).rows())[1]).toEqual(row("d", 1, Number.NaN));
  });

  test("refuse what is not about one row, and columns that are not there", () => {
    const wrong = [
      e.unique("id"),
      e.noOutliers("n"),
      e.mean("n", { min: 0 }),
      e.rowCount({ min: 1 }),
      e.noRows("SELECT * FROM {batch} WHERE n > 3"),
    ];
    for (const one of wrong)
      expect(codeOf(() => tableExpectations(orders, { keep: [one] }))).toBe(
        "check/unsupported-attachment",
      );
    const other = expectations(schema("other", { z: int() })).notNull("z");
    expect(() => tableExpectations(orders, { keep: [other] })).toThrow('column "z"');
  });

  test("are refused with mostly where rows are dropped one by one", () => {
    const some = e.between("n", { min: 0 }, { mostly: 0.5 });
    expect(() => tableExpectations(orders, { drop: [some] })).toThrow(
      /mostly 0\.5 some rows may break it/,
    );
    expect(tableExpectations(orders, { keep: [some] }).rules).toHaveLength(1);
  });

  test("obey mostly where they fail a write, and conditions that narrow them", async () => {
    const rules = tableExpectations(orders, {
      fail: [e.between("n", { min: 0 }, { mostly: 0.5, when: (c) => c.price.isAbove(0) })],
    });
    const { table } = await shop([], rules);
    await table.append([row("a", 1), row("b", -1), row("c", -1, 0), row("d", -1, null)]);
    expect(rules.rules[0]?.columns).toEqual(["n", "price"]);
    await expect(table.append([row("a", 1), row("b", -1), row("c", -1)])).rejects.toThrow(
      "2 of 3 rows",
    );
  });
});

describe("expectationMetrics", () => {
  test("is a frame of the history's counts, empty where there are none", async () => {
    const { lake, table } = await shop([row("z", 1)]);
    await table.append([row("a", 1), row("b", -1)]);
    const metrics = expectationMetrics(await table.history(), lake.engine);
    const dropped = await metrics.where((c) => c.dropped.isAbove(0)).rows();
    expect(dropped).toMatchObject([
      {
        version: 2,
        operation: "WRITE",
        expectation: "n is ≥ 0",
        action: "drop",
        passed: 1,
        failed: 1,
        dropped: 1,
      },
    ]);
    expect(await expectationMetrics([], lake.engine).rows()).toEqual([]);
  });
});

describe("the quarantine", () => {
  test("is made by the first dropped row, and takes new columns with the table", async () => {
    const { lake, table, gone } = await shop();
    await table.append([row("a", -1)]);
    const wider = schema("orders", { ...orders.columns, at: timestamp({ nullable: true }) });
    await lake
      .table("shop.orders", wider)
      .append([{ ...row("b", -1), at: new Date(0) }], { evolve: true });
    const rejected = lake.table("shop.rejected", quarantineSchema(wider));
    expect((await (await rejected.read()).rows()).map(({ id, at }) => [id, at])).toEqual([
      ["a", null],
      ["b", new Date(0)],
    ]);
    expect(await gone()).toHaveLength(2);
  });

  test("has a row once, however often a write with a transaction is done again", async () => {
    const { table, ids, gone } = await shop();
    const txn = { app: "load", version: 1 };
    const rows = [row("a", 1), row("b", -1)];
    const crash = table.append(rows, { txn, confirm: () => Promise.reject(new Error("stopped")) });
    await expect(crash).rejects.toThrow("stopped");
    expect([await ids(), await gone()]).toEqual([[], []]);
    await table.append(rows, { txn });
    const again = await table.append(rows, { txn });
    expect(again.skipped).toBe(true);
    expect([await ids(), await gone()]).toEqual([[["a", 1]], [["b", "n is ≥ 0"]]]);
  });

  test("has a row once when the write is planned again, because another writer added a column", async () => {
    const { lake, table, ids, gone } = await shop();
    const wider = { ...orders.columns, note: text({ nullable: true }) };
    let calls = 0;
    const confirm = async (): Promise<void> => {
      calls += 1;
      if (calls === 2)
        // the dropped rows are in the quarantine, and the others are not in the table
        await lake
          .table("shop.orders", schema("orders", wider))
          .append([{ ...row("x", 1), note: "n" }], { evolve: true });
    };
    await table.append([row("a", 1), row("b", -1)], { evolve: true, confirm });
    expect(calls).toBeGreaterThan(2);
    expect((await ids()).map(([id]) => id).sort()).toEqual(["a", "x"]);
    expect(await gone()).toEqual([["b", "n is ≥ 0"]]);
  });

  test("is no table that has a quarantine itself, nor the table", async () => {
    const { lake, table } = await shop();
    const own = lake.table("shop.rejected", quarantineSchema(orders));
    await own.append([{ ...row("x", 1), _rule: "by hand" }]);
    await own.alter({ expectations: { rules: [], quarantine: "shop.orders" } });
    await expect(table.append([row("a", -1)])).rejects.toThrow("is a quarantine itself");
    const loop = tableExpectations(orders, { quarantine: "shop.orders" });
    await expect(table.alter({ expectations: loop })).rejects.toThrow("not its own quarantine");
    await expect(
      table.alter({ expectations: { ...loop, quarantine: "../x" } }),
    ).rejects.toMatchObject({ code: "table/out-of-range-name" });
  });
});
