import { mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { actionsOf, commitAs, newLake, removeCommits } from "../../../tests/support/lake.ts";
import { folderBytes } from "../../store/index.ts";
import { openTable } from "../open-table.ts";
import { int, schema, text } from "../schema.ts";

const points = schema("points", { id: int({ key: true }), note: text({ nullable: true }) });
const point = (id: number) => ({ id, note: `n${id}` });

/** A table of so many versions, each with a row more, opened by nobody yet. */
async function filled(versions: number) {
  const lake = await newLake();
  const table = lake.table("a.points", points);
  for (let i = 0; i < versions; i++) await table.append([point(i)]);
  const log = join(table.path, "_delta_log");
  const fileOf = (version: number, ending = "json"): string =>
    join(log, `${String(version).padStart(20, "0")}.${ending}`);
  return { lake, table, log, fileOf, again: () => lake.table("a.points", points) };
}

describe("a torn log", () => {
  const torn: readonly (readonly [string, (whole: string) => string | Uint8Array])[] = [
    ["empty", () => ""],
    ["of blank lines", () => "\n \n"],
    ["cut in a line", (whole) => whole.slice(0, whole.length - 20)],
    ["cut in its first line", (whole) => whole.slice(0, 40)],
    ["of zero bytes", (whole) => new Uint8Array(whole.length)],
    ["ending in zero bytes", (whole) => `${whole.slice(0, -30)}${"\0".repeat(30)}`],
    [
      "not UTF-8",
      (whole) => Buffer.concat([Buffer.from(whole.slice(0, -10)), Buffer.from([0xff, 0xfe])]),
    ],
    ["of words that are JSON", () => '"add"\n'],
    ["of null", () => "null\n"],
    ["of an action that is no object", () => '{"add":"part-0.parquet"}\n'],
  ];

  test.each(torn)("names a commit that is %s, and reads none of it", async (_, tear) => {
    const { again, fileOf } = await filled(3);
    const whole = await readFile(fileOf(2), "utf8");
    await writeFile(fileOf(2), tear(whole));
    await expect(again().read()).rejects.toMatchObject({
      code: "table/corrupt-log",
      details: { file: "00000000000000000002.json" },
    });
    await expect(again().append([point(9)])).rejects.toMatchObject({ code: "table/corrupt-log" });
    expect(await (await again().read({ version: 1 })).count()).toBe(2);
    await writeFile(fileOf(2), whole);
    expect(await (await again().read()).count()).toBe(3);
  });

  test("names a commit that is missing in the middle, and reads what stands before it", async () => {
    const { again, fileOf, table } = await filled(5);
    await rm(fileOf(2));
    for (const version of [undefined, 2, 4] as const)
      await expect(again().read(version === undefined ? {} : { version })).rejects.toMatchObject({
        code: "table/corrupt-log",
        details: { file: "00000000000000000002.json", reason: "it is missing" },
      });
    await expect(again().append([point(9)])).rejects.toMatchObject({ code: "table/corrupt-log" });
    expect(await (await again().read({ version: 1 })).count()).toBe(2);
    expect(await table.version()).toBe(4);
  });

  test("passes over a checkpoint that is torn while the log before it is there", async () => {
    const { again, fileOf, table } = await filled(22);
    const [hash, whole] = [await table.hash(), await readFile(fileOf(20, "checkpoint.parquet"))];
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from("torn"),
      whole.subarray(0, -10),
      Buffer.alloc(whole.length),
    ]) {
      await writeFile(fileOf(20, "checkpoint.parquet"), bytes);
      expect(await again().hash()).toBe(hash); // from the checkpoint before
    }
    await writeFile(fileOf(10, "checkpoint.parquet"), "torn");
    expect(await again().hash()).toBe(hash); // from the first commit on
    expect((await again().append([point(99)])).version).toBe(22);
    await removeCommits(table, 0, 0);
    await expect(again().read()).rejects.toMatchObject({
      code: "table/corrupt-log",
      details: { file: expect.stringContaining("checkpoint.parquet") },
    });
    await writeFile(fileOf(20, "checkpoint.parquet"), whole);
    expect(await (await again().read()).count()).toBe(23);
  });

  test("does not believe _last_checkpoint, whatever it says", async () => {
    const { again, log, table } = await filled(12);
    const hash = await table.hash();
    const last = join(log, "_last_checkpoint");
    for (const said of [
      "",
      "{",
      '{"version":99,"size":1}',
      '{"version":-1}',
      "\0\0\0",
      '{"version":10,"parts":7}',
    ]) {
      await writeFile(last, said);
      expect(await again().hash()).toBe(hash);
    }
    await rm(last);
    expect(await again().hash()).toBe(hash);
    for (let i = 12; i < 21; i++) await table.append([point(i)]);
    expect(JSON.parse(await readFile(last, "utf8"))).toMatchObject({ version: 20 });
  });

  test("ignores what is no part of it", async () => {
    const { again, log, fileOf, table } = await filled(3);
    const hash = await table.hash();
    const junk = [
      "00000000000000000003.json.tmp",
      "00000000000000000002.crc",
      ".00000000000000000003.json.crc",
      "00000000000000000000.00000000000000000002.compacted.json",
      "0000000000000000000x.json",
      "_commits.txt",
      "99.json",
      "00000000000000000002.checkpoint.0000000001.0000000002.parquet",
    ];
    for (const name of junk) await writeFile(join(log, name), "junk");
    await mkdir(join(log, "_staged_commits"));
    expect(await again().hash()).toBe(hash);
    expect(await again().version()).toBe(2);
    await writeFile(`${fileOf(3)}`, ""); // as another writer leaves it between opening and writing
    await expect(again().read()).rejects.toMatchObject({ code: "table/corrupt-log" });
  });

  test("that another program cuts while it is read is listed again", async () => {
    const { lake, table, fileOf } = await filled(22);
    const [good, hash] = [folderBytes(lake.path), await table.hash()];
    let cut: (() => Promise<unknown>) | undefined;
    const bytes = {
      ...good,
      list: async (folder: string) => {
        const names = await good.list(folder);
        const now = cut;
        cut = undefined;
        await now?.();
        return names;
      },
    };
    const { engine, clock, ids } = lake;
    const open = () =>
      openTable({
        place: { name: "a.points", folder: "tables/a/points", bytes },
        schema: points,
        options: {},
        engine,
        clock,
        ids,
        known: async () => [],
      });
    const checkpoint = await readFile(fileOf(20, "checkpoint.parquet"));
    await rm(fileOf(20, "checkpoint.parquet"));
    cut = async () => {
      await writeFile(fileOf(20, "checkpoint.parquet"), checkpoint);
      await removeCommits(table, 0, 15);
      await rm(fileOf(10, "checkpoint.parquet"));
    };
    expect(await open().hash()).toBe(hash);
    cut = () => removeCommits(table, 16, 18);
    expect((await open().history()).map(({ version }) => version)).toEqual([21, 20, 19]);
    await expect(open().read({ version: 19 })).rejects.toMatchObject({
      code: "table/missing-version",
      details: { version: 19, first: 20, latest: 21 },
    });
    expect(await (await open().read({ version: 20 })).count()).toBe(21);
  });
});

describe("time", () => {
  test("of versions rises although the clock goes backwards, and a moment is found", async () => {
    let now = 1_700_000_000_000;
    const lake = await newLake({ clock: () => now });
    const table = lake.table("a.points", points);
    const steps = [0, 1000, 1000, -3_600_000, 1000, 1000, 3_700_000];
    for (const [i, step] of steps.entries()) {
      now += step;
      await table.append([point(i)]);
    }
    const times = (await table.history()).toReversed().map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const [version, at] of times.entries()) {
      const last = times.lastIndexOf(at);
      const rows = await table.read({ at: new Date(at) });
      expect(await rows.count(), `version ${version}`).toBe(last + 1);
    }
  });

  test("of a version is never before that of an earlier one, whatever its writer's clock said", async () => {
    const { table, again } = await filled(40);
    const minute = 60_000;
    const said = (version: number): number => (version % 3 === 2 ? version - 20 : version) * minute;
    for (let version = 0; version < 40; version++) {
      const [{ commitInfo = {} } = {}, ...actions] = await actionsOf(table, version);
      await commitAs(table, version, [
        { commitInfo: { ...commitInfo, timestamp: 1e12 + said(version) } },
        ...actions,
      ]);
    }
    for (let version = 0; version < 40; version++) {
      const latest = Math.max(...Array.from({ length: version + 1 }, (_, v) => said(v)));
      const last = version + (version % 3 === 1 && version < 39 ? 1 : 0); // the next one's clock was behind
      const rows = await again().read({ at: new Date(1e12 + latest) });
      expect(await rows.count(), `version ${version}`).toBe(
        (version % 3 === 2 ? version : last) + 1,
      );
    }
    await expect(again().read({ at: new Date(1e12 - 1) })).rejects.toMatchObject({
      code: "table/missing-moment",
      details: { first: new Date(1e12).toISOString() },
    });
  });

  test("a file went is never said to lie before the version that removed it", async () => {
    const hour = 3_600_000;
    let now = 1_700_000_000_000;
    const lake = await newLake({ clock: () => now });
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    now -= 1000 * hour; // the clock was wrong for a moment
    await table.overwrite([point(2)]);
    const [removed] = (await actionsOf(table, 1)).flatMap(({ remove }) => remove ?? []);
    expect(removed).toMatchObject({ deletionTimestamp: 1_700_000_000_001 });
  });

  test("is the one its table keeps rising, or the store's where a commit says none", async () => {
    const { table, again, fileOf } = await filled(3);
    const [info, ...actions] = await actionsOf(table, 1);
    await commitAs(table, 1, actions);
    await utimes(fileOf(1), new Date(5000), new Date(5000));
    const [{ commitInfo: first = {} } = {}, ...more] = await actionsOf(table, 0);
    await commitAs(table, 0, [{ commitInfo: { ...first, timestamp: 1000 } }, ...more]);
    const [{ commitInfo: last = {} } = {}, ...others] = await actionsOf(table, 2);
    await commitAs(table, 2, [
      { commitInfo: { ...last, timestamp: 3000, inCommitTimestamp: 9000 } },
      ...others,
    ]);
    expect(info?.["commitInfo"]).toBeDefined();
    expect((await again().history()).map(({ atMs }) => atMs)).toEqual([9000, 5000, 1000]);
    for (const [at, rows] of [
      [1000, 1],
      [4999, 1],
      [5000, 2],
      [8999, 2],
      [9000, 3],
    ] as const)
      expect(await (await again().read({ at: new Date(at) })).count()).toBe(rows);
  });
});
