import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMillraceError } from "../../src/core/index.ts";
import { ingest, int, openLake, schema, type Table, text } from "../../src/table/index.ts";
import { dataFiles } from "../support/lake.ts";

let folder: string;
let small: string;
let mounted: boolean;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-disk-"));
  small = join(folder, "small");
  await mkdir(small);
  mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", small]).status === 0;
  if (!mounted) process.stdout.write("disk tests skipped: this machine allows no small tmpfs\n");
});
afterAll(async () => {
  if (mounted) spawnSync("umount", [small]);
  await rm(folder, { recursive: true });
});

const rows = schema("rows", { id: int({ key: true }), words: text() });
const many = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) => ({
    id: from + i,
    words: randomBytes(90).toString("base64"),
  }));
type Rows = Table<(typeof rows)["columns"]>;

/** Leaves so many bytes free on the small disk, and gives them back. */
async function withFree<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const filler = join(small, "filler");
  const { bavail, bsize } = await statfs(small);
  await writeFile(filler, Buffer.alloc(Math.max(bavail * bsize - bytes, 0)));
  try {
    return await work();
  } finally {
    await rm(filler, { force: true });
  }
}

type Work = (table: Rows) => Promise<unknown>;
const kinds: readonly (readonly [string, Work])[] = [
  ["append", (table) => table.append(many(10_000, 3000))],
  ["overwrite", (table) => table.overwrite(many(10_000, 3000))],
  ["replace", (table) => table.overwrite(many(0, 3000), { where: (c) => c.id.isBelow(3000) })],
  ["merge", (table) => table.merge(many(1000, 3000), { on: ["id"] })],
  [
    "update",
    (table) =>
      table.update(
        (c) => c.id.isAtLeast(10),
        (c) => ({ id: c.id.plus(100_000) }),
      ),
  ],
  ["delete", (table) => table.delete((c) => c.id.isAtLeast(10))],
  ["optimize", (table) => table.optimize({ clusterBy: ["words"] })],
  ["restore", (table) => table.restore({ version: 0 })],
  ["alter", (table) => table.alter({ checks: { some: (c) => c.id.isAtLeast(0) } })],
];

/** Does the work with so little room, and again with enough; says what the first was refused for. */
async function attempt(path: string, work: Work, free: number): Promise<string | undefined> {
  await using lake = await openLake(path);
  const table = lake.table("t.rows", rows, { changeFeed: true });
  await table.append(many(0, 100));
  await table.append(many(100, 3000));
  const [before, hash] = [await dataFiles(table), await table.hash()];
  const failure = await withFree(free, () =>
    work(table).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  if (failure !== undefined) {
    expect(failure).toMatchObject({ kind: "environment" });
    expect([await table.version(), await table.hash()]).toEqual([1, hash]);
    expect(await dataFiles(table)).toEqual(before);
    await work(table);
  }
  expect(await table.version()).toBe(2);
  expect(await (await table.read()).count()).toBeGreaterThan(0);
  return isMillraceError(failure) ? failure.code : undefined;
}

describe("a disk that is full", () => {
  test.each(kinds)(
    "in the middle of %s leaves the table as it was, and nothing behind",
    async (kind, work) => {
      if (!mounted) return;
      const refusals: unknown[] = [];
      for (const free of [0, 4096, 40_000, 150_000]) {
        const path = join(small, `lake-${kind}-${free}`);
        refusals.push(await attempt(path, work, free));
        await rm(path, { recursive: true });
      }
      expect(refusals[0]).toMatch(/^(table|store)\/failed-write$/);
    },
  );

  test("in the middle of an ingestion loads nothing of the file, and all of it later", async () => {
    if (!mounted) return;
    const from = join(folder, "a.csv");
    const lines = many(0, 3000).map(({ id, words }) => `${id},${words}`);
    await writeFile(from, `id,words\n${lines.join("\n")}\n`);
    await using lake = await openLake(join(small, "lake-ingest"));
    const refused = withFree(8192, () => ingest(lake, { from, into: "t.rows" }));
    await expect(refused).rejects.toMatchObject({ kind: "environment" });
    expect(await lake.tables()).toEqual([]);
    expect((await ingest(lake, { from, into: "t.rows" })).rows).toBe(3000);
    await rm(join(small, "lake-ingest"), { recursive: true });
  });
});

describe("a disk that may only be read", () => {
  test("gives its tables, and refuses to write for that reason", async () => {
    if (!mounted) return;
    await using lake = await openLake(join(small, "lake-ro"));
    await lake.table("t.rows", rows).append(many(0, 10));
    spawnSync("mount", ["-o", "remount,ro", small]);
    try {
      await using again = await openLake(join(small, "lake-ro"));
      const table = again.table("t.rows", rows);
      expect(await (await table.read()).count()).toBe(10);
      expect(await table.history()).toHaveLength(1);
      await expect(table.append(many(10, 1))).rejects.toMatchObject({ code: "table/failed-write" });
      await expect(table.delete()).rejects.toMatchObject({ kind: "environment" });
      expect(await table.version()).toBe(0);
    } finally {
      spawnSync("mount", ["-o", "remount,rw", small]);
    }
  });
});
