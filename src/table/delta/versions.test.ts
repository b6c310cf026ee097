import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  actionsOf,
  commitAs,
  dataFiles,
  filesOf,
  newLake,
  removeCommits,
} from "../../../tests/support/lake.ts";
import { steppingClock } from "../../core/index.ts";
import { float, int, schema, text } from "../schema.ts";

const points = schema("points", { id: int({ key: true }), note: text({ nullable: true }) });
const point = (id: number, note: string | null = null) => ({ id, note });

describe("read", () => {
  test("finds the version that was there at a moment", async () => {
    const start = Date.parse("2024-01-01T00:00:00Z");
    const lake = await newLake({ clock: steppingClock(start, 1000) });
    const table = lake.table("a.points", points);
    for (let i = 0; i < 5; i++) await table.append([point(i)]);
    const times = (await table.history()).toReversed().map(({ atMs }) => atMs);
    for (const [version, time] of times.entries()) {
      const at = async (ms: number) =>
        (await (await table.read({ at: new Date(ms) })).rows()).length;
      expect(await at(time)).toBe(version + 1);
      expect(await at(time + 1)).toBe(version + 1);
    }
    await expect(table.read({ at: new Date((times[0] ?? 0) - 1) })).rejects.toMatchObject({
      code: "table/missing-moment",
    });
  });

  test.each([
    ["stands still", () => 0],
    ["is set back", (n: number) => -1000 * n],
  ] as const)("tells versions apart by their moments when the clock %s", async (_, goes) => {
    let calls = 0;
    const start = Date.parse("2024-01-01T00:00:00Z");
    const lake = await newLake({ clock: () => start + goes(calls++) });
    const [table, other] = [lake.table("a.points", points), lake.table("a.points", points)];
    await table.append([point(0)]);
    await other.append([point(1)]);
    await table.append([point(2)]);
    const moments = (await table.history()).toReversed().map(({ atMs }) => new Date(atMs));
    const counts = moments.map(async (at) => (await table.read({ at })).count());
    expect(await Promise.all(counts)).toEqual([1, 2, 3]);
  });

  test("refuses missing cells where the schema says there are none", async () => {
    const lake = await newLake();
    const loose = schema("points", { id: int({ nullable: true }), note: text({ nullable: true }) });
    const table = lake.table("a.points", loose);
    await table.append([point(1)]);
    expect(await (await lake.table("a.points", points).read()).count()).toBe(1);
    await table.append([{ id: null, note: "x" }]);
    await expect(lake.table("a.points", points).read()).rejects.toMatchObject({
      code: "table/mismatch-nullable",
      details: { column: "id", rows: 1 },
    });
  });

  test("refuses two ways to say which version, options that are none, and versions that are no numbers", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const both = { version: 0, at: new Date() };
    for (const work of [
      () => table.read(both),
      () => table.restore(both),
      () => table.detail(both),
    ])
      await expect(work()).rejects.toMatchObject({ code: "table/conflict-version" });
    const untyped = (json: string): object => JSON.parse(json) as object;
    await expect(table.read(untyped('{"version":"0"}'))).rejects.toMatchObject({
      code: "option/out-of-range",
    });
    await expect(table.read(untyped('{"vrsion":0}'))).rejects.toMatchObject({
      code: "option/unknown-name",
    });
    await expect(table.vacuum(untyped('{"hours":0}'))).rejects.toMatchObject({
      code: "option/unknown-name",
    });
  });

  test("names the version whose files are gone", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const [file = ""] = await dataFiles(table);
    await table.overwrite([point(2)]);
    await filesOf(table).remove(file);
    expect(await (await table.read()).count()).toBe(1);
    await expect(table.read({ version: 0 })).rejects.toMatchObject({ code: "table/missing-data" });
    await expect(table.restore({ version: 0 })).rejects.toMatchObject({
      code: "table/missing-data",
    });
  });

  test("sees that a table was removed and made anew behind an open one", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    await table.append([point(2)]);
    for (const name of await filesOf(table).names()) await filesOf(table).remove(name);
    const other = lake.table("a.points", points);
    await other.append([point(7)]);
    await other.append([point(8)]);
    expect((await (await table.read()).rows()).map(({ id }) => id)).toEqual([7, 8]);
  });
});

describe("append", () => {
  test("of what was written before still refuses another schema", async () => {
    const lake = await newLake();
    const txn = { app: "loader", version: 1 };
    await lake.table("a.points", points).append([point(1)], { txn });
    const other = lake.table("a.points", schema("points", { id: int() }));
    await expect(other.append([], { txn })).rejects.toMatchObject({
      code: "table/mismatch-columns",
    });
  });
});

describe("restore", () => {
  test("gives back rows, schema and identity of a version, and can be undone", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    await table.append([point(2)]);
    await table.delete((c) => c.id.is(1));
    const commit = await table.restore({ version: 1 });
    expect(commit.metrics).toMatchObject({ numRestoredFiles: 1, numRemovedFiles: 0 });
    expect(await table.hash()).toBe(await table.hash(1));
    expect(await (await table.read()).count()).toBe(2);
    expect((await table.restore({ version: 3 })).skipped).toBe(true);
    await table.restore({ version: 2 });
    expect(await (await table.read()).count()).toBe(1);
    const wider = lake.table(
      "a.points",
      schema("points", { ...points.columns, w: float({ nullable: true }) }),
    );
    await wider.append([{ ...point(3), w: 1 }], { evolve: true });
    await table.restore({ version: 1 });
    expect(Object.keys((await lake.schemaOf("a.points")).columns)).toEqual(["id", "note"]);
  });
});

describe("restore, of marks", () => {
  test("keeps those of now: what was taken back is not written again by itself", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const txn = { app: "loader", version: 7 };
    await table.append([point(2)], { txn });
    await table.restore({ version: 0 });
    expect(await table.txn("loader")).toBe(7);
    expect((await table.append([point(2)], { txn })).skipped).toBe(true);
    expect(await (await table.read()).count()).toBe(1);
  });
});

describe("hash", () => {
  test("is one for each version and the same for every reader of it", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    await table.append([point(2)]);
    const [first, second] = [await table.hash(0), await table.hash()];
    expect(first).not.toBe(second);
    expect(await lake.table("a.points", points).hash(0)).toBe(first);
    expect(await table.hash(1)).toBe(second);
  });
});

describe("history", () => {
  test("tells operation, parameters, metrics and what each version was planned from", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1), point(2)]);
    await table.delete((c) => c.id.is(1));
    expect(await table.history({ limit: 1 })).toMatchObject([
      {
        version: 1,
        operation: "DELETE",
        parameters: { predicate: expect.stringContaining('"id"') },
        metrics: { numDeletedRows: "1", numCopiedRows: "1" },
        readVersion: 0,
        engine: "Millrace",
      },
    ]);
    expect(await table.history()).toHaveLength(2);
    expect(await lake.history("a.points")).toHaveLength(2);
  });
});

describe("checkpoint", () => {
  const filled = async (versions: number) => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    for (let i = 0; i < versions; i++)
      await table.append([point(i, `n${i}`)], { txn: { app: "loader", version: i } });
    return { lake, table, again: lake.table("a.points", points) };
  };

  test("is written every tenth version and says all that the log before it said", async () => {
    const { lake, table, again } = await filled(10);
    await table.delete((c) => c.id.is(3)); // version 10
    await table.append([point(99)]);
    const [hash, before] = [await table.hash(), await table.hash(10)];
    await removeCommits(table, 0, 9);
    expect(await again.hash()).toBe(hash);
    expect(await again.hash(10)).toBe(before);
    expect(await again.txn("loader")).toBe(9);
    expect(await (await again.read()).count()).toBe(10);
    expect((await again.append([point(100)])).version).toBe(12);
    expect((await table.history()).map(({ version }) => version)).toEqual([12, 11, 10]);
    await expect(again.read({ version: 9 })).rejects.toMatchObject({
      code: "table/missing-version",
      details: { version: 9, first: 10, latest: 12 },
    });
    await removeCommits(table, 10, 12);
    expect(await lake.table("a.points", points).version()).toBe(10);
    expect(await lake.tables()).toEqual(["a.points"]);
  });

  test("keeps tombstones, so that a vacuum after it knows when files went", async () => {
    const { table, again } = await filled(10);
    await table.overwrite([point(1)]); // version 10
    await removeCommits(table, 0, 9);
    const report = await again.vacuum({ retentionHours: 1, force: true, dryRun: true });
    expect(report.removed).toEqual([]);
  });

  test("of several parts is read when all parts are there", async () => {
    const { lake, table } = await filled(11);
    const files = filesOf(table);
    const base = `_delta_log/${"10".padStart(20, "0")}`;
    const parts = [1, 2].map(
      (n) => `${base}.checkpoint.${String(n).padStart(10, "0")}.0000000002.parquet`,
    );
    const whole = await files.local(`${base}.checkpoint.parquet`);
    const folder = await mkdtemp(join(tmpdir(), "millrace-parts-"));
    for (const [i, part] of parts.entries()) {
      await lake.engine.run(
        `COPY (SELECT * FROM read_parquet('${whole}', file_row_number = true) WHERE file_row_number % 2 = ${i}) TO '${folder}/${i}' (FORMAT parquet)`,
      );
      await files.put(part, await readFile(join(folder, String(i))));
    }
    await rm(folder, { recursive: true });
    await files.remove(`${base}.checkpoint.parquet`);
    const hash = await table.hash();
    await removeCommits(table, 0, 9);
    expect(await lake.table("a.points", points).hash()).toBe(hash);
    await files.remove(parts[1] ?? "");
    await expect(lake.table("a.points", points).read()).rejects.toMatchObject({
      code: "table/corrupt-log",
    });
  });

  test("of version 2 is refused where nothing else says what it says", async () => {
    const { lake, table } = await filled(11);
    const base = `_delta_log/${"10".padStart(20, "0")}`;
    await filesOf(table).remove(`${base}.checkpoint.parquet`);
    await filesOf(table).put(`${base}.checkpoint.${crypto.randomUUID()}.parquet`, "");
    expect(await (await lake.table("a.points", points).read()).count()).toBe(11);
    await removeCommits(table, 0, 9);
    await expect(lake.table("a.points", points).read()).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining("checkpoints of version 2"),
    });
  });

  test("comes as often as the table says", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(0)]);
    const [, , { metaData = {} } = {}] = await actionsOf(table, 0);
    const configuration = { "delta.checkpointInterval": "3" };
    await commitAs(table, 1, [{ metaData: { ...metaData, configuration } }]);
    await table.append([point(1)]);
    await table.append([point(2)]);
    await removeCommits(table, 0, 2);
    expect(await (await lake.table("a.points", points).read()).count()).toBe(3);
  });
});
