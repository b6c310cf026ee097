import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { steppingClock } from "../../core/index.ts";
import { localCache } from "./local-cache.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cache-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const newFolder = (): Promise<string> => mkdtemp(join(home, "cache-"));
const write = (words: string) => (path: string) => writeFile(path, words);
const never = async (): Promise<void> => {
  throw new Error("downloaded again");
};

describe("localCache", () => {
  test("what was used last stays when the cache is full", async () => {
    const cacheFolder = await newFolder();
    const options = { cacheFolder, cacheSizeBytes: 25, clock: steppingClock(Date.now(), 1000) };
    const first = localCache(options);
    await first.fetch("a", write("0123456789"));
    await first.fetch("b", write("0123456789"));
    await localCache(options).fetch("a", never);
    await first.fetch("c", write("0123456789"));
    expect((await readdir(join(cacheFolder, "files"))).sort()).toEqual(["a", "c"]);
    expect(await readFile(await first.fetch("b", never), "utf8")).toBe("0123456789");
  });

  test("a failed download leaves nothing and is tried again", async () => {
    const cacheFolder = await newFolder();
    const cache = localCache({ cacheFolder, clock: Date.now });
    const broken = async (path: string): Promise<void> => {
      await writeFile(path, "half");
      throw new Error("the line broke");
    };
    await expect(cache.fetch("a", broken)).rejects.toThrow("the line broke");
    expect(await readdir(join(cacheFolder, "files"))).toEqual([]);
    expect(await readFile(await cache.fetch("a", write("whole")), "utf8")).toBe("whole");
  });

  test("what a dead process held is removed, what a living one holds is not", async () => {
    const cacheFolder = await newFolder();
    const sessions = join(cacheFolder, "sessions");
    const [dead, alive, elsewhere] = [
      `4194305.x.${hostname()}`, // above the highest process id of Linux
      `${process.pid}.x.${hostname()}`,
      `4194305.x.${hostname()}-other`,
    ];
    for (const name of [dead, alive, elsewhere])
      await mkdir(join(sessions, name), { recursive: true });
    const cache = localCache({ cacheFolder, clock: Date.now });
    await cache.scratch();
    const left = await readdir(sessions);
    expect(left).not.toContain(dead);
    expect(left).toEqual(expect.arrayContaining([alive, elsewhere]));
    await cache.close();
    expect((await readdir(sessions)).sort()).toEqual([alive, elsewhere].sort());
  });

  test("a cache of size 0 keeps nothing beyond the session", async () => {
    const cacheFolder = await newFolder();
    const cache = localCache({ cacheFolder, cacheSizeBytes: 0, clock: Date.now });
    expect(await readFile(await cache.fetch("a", write("x")), "utf8")).toBe("x");
    await cache.close();
    expect(await readdir(join(cacheFolder, "files"))).toEqual([]);
  });
});
