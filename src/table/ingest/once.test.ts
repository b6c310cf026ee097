import { appendFile, copyFile, rename, rm, stat, truncate, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  beforeCommit,
  failingCommits,
  landing,
  writeParquet,
} from "../../../tests/support/landing.ts";
import { text } from "../schema.ts";
import { type IngestReport, ingest, ingestFiles } from "./ingest.ts";
import { inspectFile } from "./inspect.ts";
import { landingOf } from "./landing.ts";
import { planOf } from "./options.ts";
import { targetOf } from "./target.ts";

const into = "shop.orders";
const states = ({ files }: IngestReport) => files.map(({ file, state }) => `${file} ${state}`);
const body = (i: number): string => `id,v\n${i},a\n`;
const many = (n: number) =>
  Object.fromEntries(
    Array.from({ length: n }, (_, i) => [`f${String(i).padStart(4, "0")}.csv`, body(i)]),
  );
/** Rows without a v go to a quarantine. */
const dropping = {
  rules: [{ name: "v_there", action: "drop", mostly: 1, columns: ["v"], looked: "true", broken: "v IS NULL", expectation: null }],
  quarantine: "shop.rejected",
} as const; // biome-ignore format: a rule a line

describe("each file once", () => {
  test("a file that arrives late is loaded, however old it says it is", async () => {
    await using place = await landing({ "b.csv": body(1) });
    await ingest(place.lake, { from: place.from, into });
    await place.land({ "a.csv": body(2) });
    await utimes(join(place.from, "a.csv"), 1, 1);
    const report = await ingest(place.lake, { from: place.from, into });
    expect(states(report)).toEqual(["a.csv loaded", "b.csv skipped"]);
  });

  test("a file that is renamed or copied is skipped", async () => {
    await using place = await landing({ "a.csv": body(1) });
    await ingest(place.lake, { from: place.from, into });
    await rename(join(place.from, "a.csv"), join(place.from, "z.csv"));
    await place.land({ "copy.csv": body(1) });
    const report = await ingest(place.lake, { from: place.from, into });
    expect(states(report)).toEqual(["copy.csv skipped", "z.csv skipped"]);
  });

  test("a file that a restore took out is skipped, tells it, and is loaded again when asked", async () => {
    await using place = await landing({ "a.csv": body(1) });
    const task = { from: place.from, into };
    await ingest(place.lake, task);
    await place.land({ "b.csv": body(2), "c.csv": body(2) });
    await ingest(place.lake, task);
    const table = place.lake.table(into, await place.lake.schemaOf(into));
    await table.restore({ version: 0 });
    const told = (await ingest(place.lake, task)).files.map(({ restoredTo }) => restoredTo);
    expect(told).toEqual([undefined, 0, 0]);
    const again = { ...task, again: "restored" } as const;
    const loaded = await ingest(place.lake, again);
    expect(states(loaded)).toEqual(["a.csv skipped", "b.csv loaded", "c.csv skipped"]);
    expect(await place.rows(into, "id")).toEqual([{ id: "1" }, { id: "2" }]);
    expect((await ingest(place.lake, again)).rows).toBe(0);
    await table.restore({ version: 0 });
    await table.restore({ version: 3 });
    expect((await ingest(place.lake, again)).rows).toBe(0);
  });

  test("all files are loaded again when asked, each once in a run", async () => {
    await using place = await landing({ "a.csv": body(1), "b.csv": body(2), "copy.csv": body(2) });
    const again = { from: place.from, into, again: "all" } as const;
    for (const rows of [2, 4]) {
      const report = await ingest(place.lake, again);
      expect(states(report)).toEqual(["a.csv loaded", "b.csv loaded", "copy.csv skipped"]);
      expect((await place.rows(into, "id")).length).toBe(rows);
    }
    const file = join(place.from, "a.csv");
    const [target, other] = [await targetOf(place.lake, again), await targetOf(place.lake, again)];
    const plan = planOf({ ...again, from: file });
    for (const [state, one] of [
      ["loaded", target],
      ["skipped", other],
    ] as const) {
      const passing = { lake: place.lake, plan, target: one };
      const report = await ingestFiles(passing, (await landingOf(file, "csv")).files, {
        from: file,
        into,
      });
      expect(states(report)).toEqual([`a.csv ${state}`]);
    }
    await expect(ingest(place.lake, { ...again, again: "some" as "all" })).rejects.toMatchObject({
      code: "option/out-of-range",
    });
  });

  test("a file that is rewritten in place is a new file, also when size and time are the same", async () => {
    await using place = await landing({ "a.csv": body(1) });
    await ingest(place.lake, { from: place.from, into });
    const { atime, mtime } = await stat(join(place.from, "a.csv"));
    await place.land({ "a.csv": body(2) });
    await utimes(join(place.from, "a.csv"), atime, mtime);
    const report = await ingest(place.lake, { from: place.from, into });
    expect(states(report)).toEqual(["a.csv loaded"]);
    expect(await place.rows(into, "id")).toEqual([{ id: "1" }, { id: "2" }]);
  });

  test("a Parquet file that is rewritten with the same size in the same second is read anew", async () => {
    await using place = await landing();
    const path = join(place.from, "a.parquet");
    const task = { from: place.from, into, format: "parquet" } as const;
    for (const n of [1, 2, 3]) {
      const made = join(place.from, `../${n}.parquet`);
      await writeParquet(place.lake, made, `SELECT range AS id, ${n} AS n FROM range(50000)`);
      await copyFile(made, path);
      await utimes(path, 1000, 1000);
      const [found] = await place.lake.engine.query(`SELECT max(n) AS n FROM '${path}'`);
      expect(found).toEqual({ n });
      expect((await ingest(place.lake, task)).rows).toBe(50_000);
    }
    const counts = await place.rows(into, "n, count(*) OVER (PARTITION BY n) AS rows");
    expect(new Set(counts.map(({ n, rows }) => `${n}: ${rows}`))).toEqual(
      new Set(["1: 50000", "2: 50000", "3: 50000"]),
    );
  });

  test("a file that is truncated while it is read is not loaded, and is when it is whole", async () => {
    await using place = await landing({ "a.csv": "id,v\n1,a\n2,b\n" });
    const cut = beforeCommit(place.lake, () => truncate(join(place.from, "a.csv"), 9));
    await expect(ingest(cut, { from: place.from, into })).rejects.toMatchObject({
      code: "table/conflict-file",
    });
    expect(await place.lake.tables()).toEqual([]);
    await place.land({ "a.csv": "id,v\n1,a\n2,b\n" });
    expect((await ingest(place.lake, { from: place.from, into })).rows).toBe(2);
  });

  test("a file that vanishes while it is read is not loaded, and gone", async () => {
    await using place = await landing({ "a.csv": body(1) });
    const lost = beforeCommit(place.lake, () => rm(join(place.from, "a.csv")));
    expect(states(await ingest(lost, { from: place.from, into }))).toEqual(["a.csv gone"]);
    expect(await place.lake.tables()).toEqual([]);
  });

  test("a file that vanishes between listing and reading is reported as gone", async () => {
    await using place = await landing(many(3));
    const task = { from: place.from, into };
    const passing = {
      lake: place.lake,
      plan: planOf(task),
      target: await targetOf(place.lake, task),
    };
    const { files: landed } = await landingOf(place.from, "csv");
    await rm(join(place.from, "f0001.csv"));
    const report = await ingestFiles(passing, landed, task);
    expect(states(report)).toEqual(["f0000.csv loaded", "f0001.csv gone", "f0002.csv loaded"]);
    await rm(join(place.from, "f0000.csv"));
    const again = await ingestFiles(passing, landed.slice(0, 1), task);
    expect(states(again)).toEqual(["f0000.csv gone"]);
  });

  test("many small files share a commit, and each is marked", async () => {
    await using place = await landing(many(40));
    const report = await ingest(place.lake, { from: place.from, into });
    expect(report.rows).toBe(40);
    expect(await place.lake.history(into)).toHaveLength(2);
    expect((await place.rows(into, "id")).map(({ id }) => Number(id))).toEqual([
      ...Array(40).keys(),
    ]);
    await rename(join(place.from, "f0007.csv"), join(place.from, "g.csv"));
    await place.land({ "new.csv": body(77) });
    const again = await ingest(place.lake, { from: place.from, into });
    expect(again.files.filter(({ state }) => state === "loaded").map(({ file }) => file)).toEqual([
      "new.csv",
    ]);
  });

  test("a batch has at most maxFilesPerBatch files", async () => {
    await using place = await landing(many(7));
    await ingest(place.lake, { from: place.from, into, maxFilesPerBatch: 2 });
    expect(await place.lake.history(into)).toHaveLength(4);
    await using single = await landing(many(3));
    await ingest(single.lake, { from: single.from, into, maxFilesPerBatch: 1 });
    expect(await single.lake.history(into)).toHaveLength(3);
  });

  test("a bad file in a batch stops the ingestion after those before it", async () => {
    await using place = await landing({ ...many(5), "f0003.csv": "id,v\n1\n" });
    const task = { from: place.from, into };
    await expect(ingest(place.lake, task)).rejects.toMatchObject({
      code: "table/mismatch-cells",
      details: { file: "f0003.csv", line: 2 },
    });
    expect(await place.rows(into, "id")).toEqual([{ id: "0" }, { id: "1" }, { id: "2" }]);
    const report = await ingest(place.lake, { ...task, onRefused: "report" });
    expect(report.files[3]).toMatchObject({
      state: "refused",
      refusal: { code: "table/mismatch-cells" },
    });
    expect(report.files[4]).toMatchObject({ state: "loaded", rows: 1 });
  });

  test("a failure of the store stops the ingestion also where files that are refused do not", async () => {
    await using place = await landing(many(2));
    const task = { from: place.from, into, onRefused: "report", maxFilesPerBatch: 1 } as const;
    const failing = failingCommits(place.lake, into, 1);
    await expect(ingest(failing, task)).rejects.toMatchObject({ code: "store/failed-write" });
    expect((await ingest(failing, task)).rows).toBe(2);
  });

  test("two ingestions of the same files at the same time load each once", async () => {
    await using place = await landing(many(15));
    const one = (maxFilesPerBatch: number) =>
      ingest(place.lake, { from: place.from, into, maxFilesPerBatch });
    const reports = await Promise.all([one(4), one(7), one(1)]);
    expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(15);
    const ids = (await place.rows(into, "id")).map(({ id }) => Number(id));
    expect(ids).toEqual([...Array(15).keys()]);
  });

  test("equal bytes under two names in one batch are loaded once", async () => {
    await using place = await landing({ ...many(3), "g.csv": body(2), "h.csv": body(9) });
    const report = await ingest(place.lake, { from: place.from, into });
    expect(report.rows).toBe(4);
    expect(states(report)).toContain("g.csv skipped");
  });

  test("the state is in the table: another process and another lake object go on", async () => {
    await using place = await landing({ "a.csv": body(1) });
    await ingest(place.lake, { from: place.from, into });
    const { hash } = await inspectFile(
      { path: join(place.from, "a.csv"), file: "a.csv" },
      planOf({ from: place.from, into }),
    );
    const table = place.lake.table(into, await place.lake.schemaOf(into));
    expect(await table.txn(`ingest:${hash}`)).toBe(0);
    await appendFile(join(place.from, "a.csv"), "5,e\n");
    expect((await ingest(place.lake, { from: place.from, into })).rows).toBe(2);
  });

  test("a file whose commit failed leaves each row that was dropped in the quarantine once", async () => {
    await using place = await landing({ "a.csv": "id,v\n1,a\n2,\n" });
    await ingest(place.lake, { from: place.from, into });
    const table = place.lake.table(into, await place.lake.schemaOf(into));
    await table.alter({ expectations: dropping });
    const rejected = async () => (await place.rows("shop.rejected", "id")).map(({ id }) => id);
    await place.land({ "b.csv": "id,v\n3,c\n4,\n5,\n" });
    const failing = failingCommits(place.lake, into, 1);
    await expect(ingest(failing, { from: place.from, into })).rejects.toMatchObject({
      code: "store/failed-write",
    });
    expect(await rejected()).toEqual(["4", "5"]);
    const report = await ingest(place.lake, { from: place.from, into });
    expect(report.files[1]).toMatchObject({ state: "loaded", rows: 1, dropped: 2 });
    expect(await rejected()).toEqual(["4", "5"]);
    await ingest(place.lake, { from: join(place.from, "b.csv"), into, again: "all" });
    expect(await rejected()).toEqual(["4", "4", "5", "5"]);
    await place.lake.drop(into);
    await place.lake.table(into, table.schema, { expectations: dropping }).append([]);
    await ingest(place.lake, { from: join(place.from, "b.csv"), into });
    expect(await rejected()).toHaveLength(6);
  });

  test("a rule that comes between the look at a table and the commit sends each file's rows to the quarantine once", async () => {
    await using place = await landing({ "a.csv": "id,v\n1,a\n" });
    await ingest(place.lake, { from: place.from, into });
    const table = place.lake.table(into, await place.lake.schemaOf(into));
    await place.land({ "b.csv": "id,v\n3,c\n4,\n", "c.csv": "id,v\n5,e\n6,\n" });
    let altered = false;
    const late = beforeCommit(place.lake, async () => {
      if (!altered) await table.alter({ expectations: dropping });
      altered = true;
    });
    const report = await ingest(late, { from: place.from, into });
    expect(report.files.map(({ rows, dropped }) => [rows, dropped])).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
    ]);
    expect((await place.rows("shop.rejected", "id")).map(({ id }) => id)).toEqual(["4", "6"]);
  });

  test("a column that comes while a file is loaded does not put its dropped rows into the quarantine twice", async () => {
    await using place = await landing({ "a.csv": "id,v\n1,a\n" });
    const task = { from: place.from, into, technical: false };
    await ingest(place.lake, task);
    const { columns, name } = await place.lake.schemaOf(into);
    const table = place.lake.table(into, { name, columns });
    await table.alter({ expectations: dropping });
    const wider = place.lake.table(into, {
      name,
      columns: { ...columns, w: text({ nullable: true }) },
    });
    await place.land({ "b.csv": "id,v\n3,c\n4,\n" });
    let written = 0;
    const late = beforeCommit(place.lake, async () => {
      written += 1; // the first are the rows, the second what was dropped
      if (written === 2) await wider.append([], { evolve: true });
    });
    expect((await ingest(late, task)).files[1]).toMatchObject({ rows: 1, dropped: 1 });
    expect(await place.rows("shop.rejected", "id")).toEqual([{ id: "4" }]);
  });

  test("says how far it is, and stops when it is told to", async () => {
    await using place = await landing(many(3));
    const steps: number[] = [];
    const progress = ({ done }: { done: number }) => void steps.push(done);
    await ingest(place.lake, { from: place.from, into, maxFilesPerBatch: 1, progress });
    expect(steps).toEqual([0, 1, 2, 3]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(ingest(place.lake, { from: place.from, into, signal })).rejects.toThrow("enough");
  });
});
