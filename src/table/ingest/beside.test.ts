import { appendFile, readdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { beforeCommit, type Landing, landing } from "../../../tests/support/landing.ts";
import { ingest } from "./ingest.ts";
import { inspectFile } from "./inspect.ts";
import { planOf } from "./options.ts";

const into = "shop.orders";
const rows = 20_000;
/** A file of 17 MB: large enough to be read by the engine while it is hashed. */
const large = (last = "end"): string =>
  `id,words\n${Array.from({ length: rows - 1 }, (_, i) => `${i},${"word ".repeat(170)}\n`).join("")}${rows - 1},${last}\n`;

const dataFiles = async ({ lake }: Landing): Promise<readonly string[]> =>
  (await readdir(join(lake.path, "tables/shop/orders")).catch(() => [])).filter((name) =>
    name.endsWith(".parquet"),
  );
const later = new Date(Date.now() + 3_600_000);

describe("a large file that is hashed while it is read", () => {
  test("is loaded once, whatever its time says, and leaves nothing when it is there already", async () => {
    await using place = await landing({ "a.csv": large() });
    const { from, lake } = place;
    expect((await ingest(lake, { from, into })).rows).toBe(rows);
    expect((await ingest(lake, { from, into })).files).toMatchObject([{ state: "skipped" }]);
    await utimes(join(from, "a.csv"), later, later);
    expect((await ingest(lake, { from, into })).files).toMatchObject([
      { state: "skipped", rows: 0 },
    ]);
    expect(await dataFiles(place)).toHaveLength(1);
    expect(await place.rows(into, "id")).toHaveLength(rows);
  });

  test("has rows named by its hash, in their order", async () => {
    await using place = await landing({ "a.csv": large() });
    const { from, lake } = place;
    await ingest(lake, { from, into });
    const path = join(from, "a.csv");
    const { hash } = await inspectFile({ path, file: "a.csv" }, planOf({ from, into }));
    const named = await place.rows(into, "_row_id");
    const name = (i: number): string => `${hash.slice(7, 23)}-${String(i + 1).padStart(10, "0")}`;
    expect(named).toEqual(Array.from({ length: rows }, (_, i) => ({ _row_id: name(i) })));
    const commit = join(lake.path, "tables/shop/orders/_delta_log/00000000000000000000.json");
    const [info = ""] = (await readFile(commit, "utf8")).split("\n");
    expect(info).toMatch(new RegExp(`"commitInfo".*"lineage".*${hash}`));
  });

  test("by two ingestions at the same time is loaded once", async () => {
    await using place = await landing({ "a.csv": large() });
    const { from, lake } = place;
    const task = { from, into, technical: false } as const;
    const reports = await Promise.all([ingest(lake, task), ingest(lake, task)]);
    expect(reports.map((report) => report.rows).sort()).toEqual([0, rows]);
    expect(await dataFiles(place)).toHaveLength(1);
  });

  test.each([
    ["a NUL", "\0", "NUL byte"],
    ["a byte that is not UTF-8", "\xff", "not UTF-8"],
  ])("is refused for %s in its last row, with the line", async (_, byte, reason) => {
    await using place = await landing({ "a.csv": Buffer.from(large(byte), "latin1") });
    const { from, lake } = place;
    for (const technical of [true, false])
      await expect(ingest(lake, { from, into, technical })).rejects.toMatchObject({
        code: "table/corrupt-text",
        message: expect.stringMatching(new RegExp(`a\\.csv, line ${rows + 1}: .*${reason}`)),
      });
    expect(await dataFiles(place)).toEqual([]);
  });

  test("and changes meanwhile is not loaded, and is when it has settled", async () => {
    await using place = await landing({ "a.csv": large() });
    const { from, lake } = place;
    const changing = beforeCommit(lake, () => appendFile(join(from, "a.csv"), "more,words\n"));
    const task = { from, into, technical: false } as const;
    await expect(ingest(changing, task)).rejects.toMatchObject({ code: "table/conflict-file" });
    expect(await dataFiles(place)).toEqual([]);
    expect((await ingest(lake, task)).rows).toBe(rows + 1);
  });

  test("keeps aside the cells that do not fit, as any file does", async () => {
    await using place = await landing({ "a.csv": large() });
    const { from, lake } = place;
    await ingest(lake, { from, into, types: "infer" });
    await place.land({ "b.csv": large().replace("\n7,", "\nseven,") });
    await utimes(join(from, "b.csv"), later, later);
    const report = await ingest(lake, { from, into });
    expect(report.files).toMatchObject([{ state: "skipped" }, { state: "loaded", rescued: 1 }]);
  });
});
