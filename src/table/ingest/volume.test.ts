import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { memoryBytes } from "../../store/index.ts";
import { ingest, type Lake, openLake, watchFolder } from "../index.ts";

const into = "telco.bronze";

/** A lake in a folder, and one elsewhere, whose files are read as copies. */
const lakes: readonly (readonly [string, () => Promise<Lake>])[] = [
  ["a folder", () => newLake()],
  ["an object store", () => openLake(memoryBytes({ clock: () => 1_700_000_000_000 }))],
];

const states = async (work: ReturnType<typeof ingest>): Promise<readonly string[]> =>
  (await work).files.map(({ file, state, rows }) => `${file} ${state} ${rows}`);

describe.each(lakes)("ingest from a volume in %s", (_, open) => {
  test("loads each file once, by name, and leaves folders, hidden files and others alone", async () => {
    await using lake = await open();
    const from = lake.volume("telco.landing");
    await from.put("b.csv", "id\n2\n3\n");
    await from.put("a.csv", "id\n1\n");
    await from.put("old/c.csv", "id\n9\n");
    await from.put(".d.csv", "id\n9\n");
    await from.put("e.txt", "id\n9\n");
    expect(await states(ingest(lake, { from, into }))).toEqual([
      "a.csv loaded 1",
      "b.csv loaded 2",
    ]);
    await from.put("f.csv", "id\n4\n");
    expect(await states(ingest(lake, { from, into }))).toEqual([
      ...["a.csv skipped 0", "b.csv skipped 0", "f.csv loaded 1"],
    ]);
    const rows = await lake.sql(`SELECT id, _source_file AS f FROM ${into} ORDER BY id`);
    expect(await rows.rows()).toEqual([
      ...[
        { id: "1", f: "a.csv" },
        { id: "2", f: "b.csv" },
        { id: "3", f: "b.csv" },
      ],
      { id: "4", f: "f.csv" },
    ]);
  });

  test("refuses a volume that is not there, and a bad file with its name and line", async () => {
    await using lake = await open();
    const from = lake.volume("telco.landing");
    await expect(ingest(lake, { from, into })).rejects.toMatchObject({
      code: "table/missing-volume",
    });
    await from.put("a.csv", "id,x\n1,2\n3,4,5\n");
    await expect(ingest(lake, { from, into })).rejects.toThrow("a.csv, line 3");
    expect(await lake.tables()).toEqual([]);
  });

  test("says of each row when its file was stored", async () => {
    await using lake = await open();
    const from = lake.volume("telco.landing");
    await from.put("a.csv", "id\n1\n");
    const { modifiedMs = 0 } = (await from.stat("a.csv")) ?? {};
    await ingest(lake, { from, into });
    const [row] = await (await lake.sql(`SELECT _file_modified_at AS at FROM ${into}`)).rows();
    expect(row?.["at"]).toEqual(new Date(Math.floor(modifiedMs)));
  });

  test("takes files as they come", async () => {
    await using lake = await open();
    const from = lake.volume("telco.landing");
    await from.put("a.csv", "id\n1\n");
    const seen: string[] = [];
    const stop = new AbortController();
    const task = { from, into, settleMs: 0, pollMs: 10, signal: stop.signal };
    for await (const { files } of watchFolder(lake, task)) {
      seen.push(...files.filter(({ state }) => state === "loaded").map(({ file }) => file));
      if (seen.length === 1) await from.put("b.csv", "id\n2\n");
      else stop.abort();
    }
    expect(seen).toEqual(["a.csv", "b.csv"]);
  });
});

describe("ingest from a volume", () => {
  test("takes what other programs put into its folder", async () => {
    await using lake = await newLake();
    await lake.create({ volume: "telco.landing" });
    const from = lake.volume("telco.landing");
    await writeFile(join(from.path, "a.csv"), "id\n1\n");
    expect(await states(ingest(lake, { from, into }))).toEqual(["a.csv loaded 1"]);
  });

  test("reports a file as gone that vanishes before it is read", async () => {
    await using lake = await openLake(memoryBytes());
    const from = lake.volume("telco.landing");
    for (const name of ["a", "b"]) await from.put(`${name}.csv`, `id\n${name}\n`);
    const vanishing: typeof from = {
      ...from,
      fetchLocal: async (file) => {
        if (file === "a.csv") await from.remove(file);
        return from.fetchLocal(file);
      },
    };
    expect(await states(ingest(lake, { from: vanishing, into }))).toEqual([
      ...["a.csv gone 0", "b.csv loaded 1"],
    ]);
  });
});
