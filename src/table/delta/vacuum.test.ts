import { mkdtemp, rm, symlink, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { actionsOf, commitAs, dataFiles, inFolders, newLake } from "../../../tests/support/lake.ts";
import { openLake } from "../lake.ts";
import { int, schema, text } from "../schema.ts";
import type { Table } from "../table.ts";

const points = schema("points", { x: int(), y: int(), tag: text({ nullable: true }) });
const point = (x: number, y = 0) => ({ x, y, tag: null });
const day = 86_400_000;

/** Makes every data file look written some days ago. */
async function age(table: Pick<Table, "path">, days: number): Promise<void> {
  const then = new Date(Date.now() - days * day);
  for (const file of await dataFiles(table)) await utimes(join(table.path, file), then, then);
}

describe.runIf(inFolders())("vacuum", () => {
  test("removes what no version within the retention needs, and nothing on a dry run", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points, { changeFeed: true });
    await table.append([point(1)]);
    await table.append([point(2), point(3)]);
    await table.delete((c) => c.x.is(2));
    expect(await table.vacuum()).toEqual({
      retentionHours: 168,
      removed: [],
      removedBytes: 0,
      held: [],
    });
    await age(table, 8);
    // The removed file is old, but it was taken out of the table only now; the change file is old.
    const dry = await table.vacuum({ dryRun: true });
    expect(dry.removed).toEqual([expect.stringMatching(/^_change_data\//)]);
    expect(await dataFiles(table)).toHaveLength(4);
    const report = await table.vacuum({ retentionHours: 0, force: true });
    expect(report.removed).toHaveLength(2);
    expect(report.removedBytes).toBeGreaterThan(0);
    expect((await (await table.read()).rows()).map(({ x }) => x)).toEqual([1, 3]);
    await expect(table.read({ version: 1 })).rejects.toMatchObject({ code: "table/missing-data" });
  });

  test("keeps young files, and refuses a short retention without force", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    await lake.engine.run(
      `COPY (SELECT 1 AS x) TO '${join(table.path, "orphan.parquet")}' (FORMAT parquet)`,
    );
    expect((await table.vacuum()).removed).toEqual([]);
    for (const retentionHours of [0, 167, -1, Number.NaN])
      await expect(table.vacuum({ retentionHours })).rejects.toMatchObject({
        code: "table/out-of-range-retention",
      });
    await expect(table.vacuum({ retentionHours: -1, force: true })).rejects.toMatchObject({
      code: "table/out-of-range-retention",
    });
    await age(table, 8);
    expect((await table.vacuum()).removed).toEqual(["orphan.parquet"]);
  });

  test("leaves files that a frame of this process, a statement or a write still needs", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const reader = await table.read();
    const filtered = reader.where((c) => c.x.is(1));
    const writes = table.overwrite([point(2)], {
      confirm: async () => {
        await age(table, 1);
        expect((await table.vacuum({ retentionHours: 0, force: true })).held).toHaveLength(1);
      },
    });
    await writes;
    await age(table, 1);
    const { held, removed } = await table.vacuum({ retentionHours: 0, force: true });
    expect({ held: held.length, removed: removed.length }).toEqual({ held: 1, removed: 0 });
    expect(await reader.count()).toBe(1);
    expect(await filtered.count()).toBe(1);
  });

  test("keeps what was removed within a retention longer than the table's, which checkpoints forget", async () => {
    let now = Date.now() - 30 * day;
    const lake = await newLake({ clock: () => now });
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    now += 10 * day;
    await table.overwrite([point(2)]);
    now += 20 * day;
    for (let x = 3; x < 12; x++) await table.append([point(x)]); // to the checkpoint of version 10
    await age(table, 30);
    const again = await openLake(lake.path, { clock: () => now });
    try {
      const afresh = again.table("a.points", points);
      expect((await afresh.vacuum({ retentionHours: 25 * 24 })).removed).toEqual([]);
      const { removed } = await afresh.vacuum({ retentionHours: 19 * 24, dryRun: true });
      expect(removed).toHaveLength(1);
      expect(await (await afresh.read({ version: 0 })).count()).toBe(1);
    } finally {
      await again.close();
    }
  });

  test("keeps a file that the log names by another whole path than the lake's", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const [, , , { add = {} } = {}] = await actionsOf(table, 0);
    const path = `file://${table.path}/${add["path"]}`;
    const { path: gone } = add;
    await commitAs(table, 1, [
      { remove: { path: gone, dataChange: false, deletionTimestamp: 1 } },
      { add: { ...add, path } },
    ]);
    await age(table, 30);
    const folder = await mkdtemp(join(tmpdir(), "millrace-link-"));
    const link = join(folder, "lake");
    await symlink(lake.path, link);
    const linked = await openLake(link);
    try {
      expect((await linked.table("a.points", points).vacuum()).removed).toEqual([]);
      expect(await (await table.read()).count()).toBe(1);
    } finally {
      await linked.close();
      await rm(folder, { recursive: true });
    }
  });
});
