import { appendFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { beforeCommit } from "../../../tests/support/landing.ts";
import type { Lake } from "../lake.ts";
import { bronzeSchema } from "./bronze.ts";
import { ingest } from "./ingest.ts";

const bronze = bronzeSchema("bronze", ["id", "size"]);
const folders: string[] = [];
async function landing(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await mkdtemp(join(tmpdir(), "millrace-ingest-"));
  folders.push(folder);
  for (const [name, body] of Object.entries(files)) await writeFile(join(folder, name), body);
  return folder;
}
const bronzeOf = (lake: Lake) => lake.table("shop.bronze", bronze);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function refused(body: string | Uint8Array) {
  await using lake = await newLake();
  const from = await landing({ "a.csv": body });
  const error = await ingest(lake, { from, into: bronzeOf(lake) }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(await bronzeOf(lake).exists()).toBe(false);
  return error;
}

describe("ingest", () => {
  test("keeps every cell as delivered and adds the five technical columns", async () => {
    await using lake = await newLake();
    const from = await landing({ "a.csv": 'id,size\r\n007, 1.50 \r\n"a ""b""\nc",\r\n' });
    const report = await ingest(lake, { from, into: bronzeOf(lake) });
    expect(report).toMatchObject({ files: [{ file: "a.csv", state: "loaded", rows: 2 }], rows: 2 });
    const rows = await (await bronzeOf(lake).read()).rows();
    expect(rows.map(({ id, size }) => [id, size])).toEqual([
      ["007", " 1.50 "],
      ['a "b"\nc', null],
    ]);
    expect(rows[0]).toMatchObject({ _source_file: "a.csv", _is_processed: false });
    expect(new Set(rows.map((row) => row._row_id)).size).toBe(2);
    expect(rows[0]?._loaded_at).toBeInstanceOf(Date);
  });

  test("loads each file once: by its bytes, not by its name or its time", async () => {
    await using lake = await newLake();
    const from = await landing({ "a.csv": "id,size\n1,2\n" });
    const into = bronzeOf(lake);
    expect((await ingest(lake, { from, into })).rows).toBe(1);
    expect((await ingest(lake, { from, into })).rows).toBe(0);
    await rename(join(from, "a.csv"), join(from, "b.csv"));
    await utimes(join(from, "b.csv"), 1, 1);
    const report = await ingest(lake, { from, into });
    expect(report.files).toMatchObject([{ file: "b.csv", state: "skipped", rows: 0 }]);
    await appendFile(join(from, "b.csv"), "3,4\n");
    expect((await ingest(lake, { from, into })).rows).toBe(2);
  });

  test("loads a file once when two ingestions run at the same time", async () => {
    await using lake = await newLake();
    const from = await landing({ "a.csv": "id,size\n1,2\n", "b.csv": "size,id\n5,6\n" });
    const reports = await Promise.all(
      [1, 2, 3].map(() => ingest(lake, { from, into: bronzeOf(lake) })),
    );
    expect(reports.reduce((sum, report) => sum + report.rows, 0)).toBe(2);
    const rows = await (await bronzeOf(lake).read()).rows();
    expect(rows.map((row) => row.id).sort()).toEqual(["1", "6"]);
  });

  test("reads a header with a byte order mark and quotes", async () => {
    await using lake = await newLake();
    const from = await landing({ "a.csv": '\uFEFF"id",size\n1,2\n' });
    expect((await ingest(lake, { from, into: bronzeOf(lake) })).rows).toBe(1);
  });

  test("keeps the files before a bad one and nothing of the bad one", async () => {
    await using lake = await newLake();
    const from = await landing({ "a.csv": "id,size\n1,2\n", "b.csv": "id,size\n1\n" });
    await expect(ingest(lake, { from, into: bronzeOf(lake) })).rejects.toMatchObject({
      code: "table/mismatch-cells",
    });
    expect(await (await bronzeOf(lake).read()).count()).toBe(1);
  });

  test("names a folder that is not there", async () => {
    await using lake = await newLake();
    await expect(
      ingest(lake, { from: "/nowhere/at/all", into: bronzeOf(lake) }),
    ).rejects.toMatchObject({ code: "table/missing-file" });
  });

  test("refuses a file that it may not read as a file", async () => {
    await using lake = await newLake();
    const from = await landing({});
    await expect(
      ingest(lake, { from: `${from}/a.csv/`, into: bronzeOf(lake) }),
    ).rejects.toMatchObject({ kind: "not-found" });
    await expect(
      ingest(lake, { from: "/proc/self/mem", into: bronzeOf(lake) }),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/table\/(failed-read|missing-rows)/),
    });
  });

  test("passes over a folder of the name of a file", async () => {
    await using lake = await newLake();
    const from = await landing({});
    await mkdir(join(from, "a.csv"));
    expect(await ingest(lake, { from, into: bronzeOf(lake) })).toEqual({ files: [], rows: 0 });
  });

  test("loads nothing of a file that grows while it is read", async () => {
    await using lake = await newLake();
    const from = await landing({ "a.csv": "id,size\n1,2\n" });
    const into = bronzeOf(lake);
    const grows = beforeCommit(lake, () => appendFile(join(from, "a.csv"), "3,4\n"));
    await expect(ingest(grows, { from, into })).rejects.toMatchObject({
      code: "table/conflict-file",
    });
    expect(await into.exists()).toBe(false);
    expect((await ingest(lake, { from, into })).rows).toBe(2);
  });

  const bad: readonly (readonly [string, string | Uint8Array, object])[] = [
    ["an empty file", "", { code: "table/missing-rows" }],
    ["a header without rows", "id,size\n", { code: "table/missing-rows" }],
    ["a repeated column", "id,size,ID\n1,2,3\n", { code: "table/duplicate-column" }],
    [
      "a missing column",
      "id\n1\n",
      { code: "table/mismatch-header", details: { missing: ["size"] } },
    ],
    ["a column nobody expects", "id,size,x\n1,2,3\n", { details: { extra: ["x"] } }],
    [
      "too few cells",
      "id,size\n1,2\n3\n",
      { code: "table/mismatch-cells", details: { line: 3, got: 1 } },
    ],
    ["too many cells", "id,size\n1,2\n3,4,5\n", { details: { line: 3, expected: 2, got: 3 } }],
    ["an open quote", 'id,size\n1,"2\n3,4\n', { code: "table/corrupt-text", details: { line: 2 } }],
    ["an open quote in the header", '"id,size\n1,2\n', { code: "table/corrupt-text" }],
    ["a NUL byte", "id,size\n1,2\n3,\0\n", { code: "table/corrupt-text", details: { line: 3 } }],
    [
      "bytes that are not UTF-8",
      Buffer.from("id,size\n1,2\n\xE9,4\n", "latin1"),
      { details: { line: 3 } },
    ],
    [
      "UTF-8 cut in the middle",
      Buffer.from([...Buffer.from("id,size\n1,"), 0xe2, 0x82]),
      { code: "table/corrupt-text" },
    ],
    ["mixed line ends", "id,size\r\n1,2\n3,4\r\n", { code: "table/corrupt-text" }],
  ];
  test.each(bad)("refuses %s and loads nothing of it", async (_, body, expected) => {
    const error = await refused(body);
    const { details = {}, ...rest } = expected as { details?: object };
    expect(error).toMatchObject({ ...rest, details: expect.objectContaining({ ...details }) });
    expect(String((error as Error).message)).toMatch(/not loaded/);
  });
});
