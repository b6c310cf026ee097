import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bytes, memoryBytes as newMemory } from "../store/index.ts";
import { openLake } from "./lake.ts";
import { int, schema } from "./schema.ts";

const points = schema("points", { x: int(), y: int({ nullable: true }) });
const point = (x: number) => ({ x, y: x });
const folder = "tables/a/points";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-remote-"));
});
const memories: Bytes[] = [];
afterAll(async () => {
  for (const bytes of memories) await bytes.close();
  await rm(home, { recursive: true, force: true });
});

/** Bytes in memory, whose copies go with the tests. */
function memoryBytes(): Bytes {
  const bytes = newMemory();
  memories.push(bytes);
  return bytes;
}

/** Bytes that note which copies are held, and do what a test wants instead of their work. */
function watched(instead: Partial<Bytes> = {}) {
  const bytes = memoryBytes();
  const { copies } = bytes;
  if (copies === undefined) throw new Error("memory has copies");
  const held: string[] = [];
  const watchedCopies = {
    ...copies,
    hold: async (path: string) => {
      held.push(path.replace(/^.*\//, ""));
      await copies.hold(path);
    },
  };
  return { bytes: { ...bytes, ...instead, copies: watchedCopies }, inside: bytes, held };
}

const dataFiles = async (bytes: Bytes): Promise<readonly string[]> =>
  (await bytes.list(folder)).filter((name) => name.endsWith(".parquet"));

describe("a lake elsewhere", () => {
  test("brings only the files that can hold a row of the query", async () => {
    const { bytes, held } = watched();
    await using lake = await openLake(bytes);
    const table = lake.table("a.points", points);
    for (const x of [1, 2, 3]) await table.append([point(x)]);
    held.length = 0;
    const rows = await (await openLake(bytes)).table("a.points", points).read();
    expect(held).toEqual([]);
    expect(await rows.where((c) => c.x.is(2)).rows()).toEqual([point(2)]);
    expect(held).toHaveLength(1);
    expect(await (await table.read({ where: (c) => c.x.isAbove(1) })).count()).toBe(2);
    expect(held).toHaveLength(3);
  });

  test("is queried together with a local one, whatever statement its frames stand in", async () => {
    await using here = await openLake(await mkdtemp(join(home, "lake-")));
    await using there = await openLake(memoryBytes());
    await here.table("a.points", points).append([point(1), point(2)]);
    await there.table("a.points", points).append([point(2), point(3)]);
    const [ours, theirs] = await Promise.all(
      [here, there].map(async (lake) => (await lake.table("a.points", points).read()).sql),
    );
    const joined = `SELECT l.x FROM (${ours}) l JOIN (${theirs}) r USING (x)`;
    expect(await here.engine.query(joined)).toEqual([{ x: 2 }]);
    expect(await here.engine.describe(`SELECT * FROM (${theirs})`)).toHaveLength(2);
    const copy = join(home, "it's a [copy].parquet");
    await here.engine.run(`COPY (${theirs}) TO '${copy.replaceAll("'", "''")}' (FORMAT parquet)`);
    expect(await readdir(home)).toContain("it's a [copy].parquet");
    await here.engine.withTable(`${theirs} UNION ALL ${ours}`, async (name) => {
      expect(await here.engine.query(`SELECT sum(x) AS n FROM ${name}`)).toEqual([{ n: 8 }]);
    });
  });

  test("names a data file that is gone, and one that is not as large as the log says", async () => {
    const bytes = memoryBytes();
    await using lake = await openLake(bytes);
    await lake.table("a.points", points).append([point(1)]);
    const [file = ""] = await dataFiles(bytes);
    const cold = memoryBytes();
    for (const name of await bytes.list(`${folder}/_delta_log`))
      await cold.put(
        `${folder}/_delta_log/${name}`,
        await bytes.get(`${folder}/_delta_log/${name}`),
      );
    await using empty = await openLake(cold);
    const rows = await empty.table("a.points", points).read();
    await expect(rows.count()).rejects.toMatchObject({
      code: "table/missing-data",
      message: expect.stringContaining(`a.points: the version read needs the data file "${file}"`),
    });
    await cold.put(`${folder}/${file}`, new Uint8Array(10));
    await expect(rows.count()).rejects.toMatchObject({
      code: "table/corrupt-data",
      message: expect.stringMatching(
        /^a\.points: its data file "part.*" has 10 bytes; expected \d+/,
      ),
    });
    await cold.put(`${folder}/${file}`, await bytes.get(`${folder}/${file}`));
    expect(await rows.count()).toBe(1);
  });

  test("leaves nothing of a write whose files could not all be put", async () => {
    let puts = 0;
    const inside = memoryBytes();
    const bytes: Bytes = {
      ...inside,
      putFile: async (key, path) => {
        puts += 1;
        if (puts === 3) throw new Error("the line broke");
        await inside.putFile(key, path);
      },
    };
    await using lake = await openLake(bytes);
    const parted = schema("parted", { x: int(), p: int() });
    const rows = Array.from({ length: 20 }, (_, i) => ({ x: i, p: i }));
    const table = lake.table("a.points", parted, { partitionBy: ["p"] });
    await expect(table.append(rows)).rejects.toThrow("the line broke");
    expect(await inside.list("tables")).toEqual([]);
    expect(puts).toBeLessThan(20);
    await table.append(rows);
    expect(await (await table.read()).count()).toBe(20);
    const left = await readdir(inside.copies?.folder.replace(/\/copies$/, "") ?? "");
    expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("leaves no file of a race that was lost, and keeps those of an outcome nobody knows", async () => {
    const inside = memoryBytes();
    await using winner = await openLake(inside);
    const before = winner.table("a.points", points);
    await before.append([point(1)]);
    let lose: (() => Promise<unknown>) | undefined;
    let broken = false;
    const bytes: Bytes = {
      ...inside,
      putIfAbsent: async (key, body) => {
        await lose?.();
        lose = undefined;
        if (broken) throw new Error("the line broke");
        return inside.putIfAbsent(key, body);
      },
      has: async (key) => (broken ? Promise.reject(new Error("the line broke")) : inside.has(key)),
    };
    await using lake = await openLake(bytes);
    const table = lake.table("a.points", points);
    lose = () => before.overwrite([point(9)]);
    await table.merge([point(2)], { on: ["x"] });
    expect((await (await table.read()).rows()).map(({ x }) => x)).toEqual([9, 2]);
    expect(await dataFiles(inside)).toHaveLength(3); // 1, 9, and 2 with 9: not the one that lost
    broken = true;
    await expect(table.append([point(3)])).rejects.toThrow("the line broke");
    expect(await dataFiles(inside)).toHaveLength(4);
    broken = false;
    expect((await (await table.read()).rows()).map(({ x }) => x)).toEqual([9, 2]);
  });

  test("refuses data files outside it", async () => {
    const bytes = memoryBytes();
    await using lake = await openLake(bytes);
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const log = `${folder}/_delta_log/${"0".padStart(20, "0")}.json`;
    const text = Buffer.from(await bytes.get(log)).toString();
    const naming = (address: string) =>
      Buffer.from(text.replace(/part-00000/, `${address}part-00000`));
    await bytes.put(log, naming(`s3://elsewhere/${folder}/`));
    const fresh = () => lake.table("a.points", points).read();
    await expect((await fresh()).count()).rejects.toMatchObject({
      code: "table/unsupported-feature",
      message: expect.stringContaining("a data file outside its lake, s3://elsewhere/"),
    });
    await bytes.put(log, Buffer.from(text));
    expect(await (await fresh()).count()).toBe(1);
  });

  test("stays open for its caller when the lake is closed", async () => {
    const bytes = memoryBytes();
    const lake = await openLake(bytes);
    expect(lake.path).toBe("memory:");
    await lake.close();
    expect(await bytes.list("")).toEqual(["lake.json"]);
  });
});
