import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { steppingClock } from "../../core/index.ts";
import { type LocalCache, localCache } from "./local-cache.ts";

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

/** Holds a copy and gives its path. */
async function fetchTo(
  cache: LocalCache,
  name: string,
  download: (path: string) => Promise<void>,
): Promise<string> {
  const path = join(cache.session, name);
  await cache.hold({ name, path }, download);
  return path;
}

describe("localCache", () => {
  test("what was used last stays when the cache is full", async () => {
    const cacheFolder = await newFolder();
    const options = {
      cacheFolder,
      cacheSizeBytes: 25,
      clock: steppingClock(Date.now() + 1000, 1000),
    };
    const first = localCache(options);
    await fetchTo(first, "a", write("0123456789"));
    await fetchTo(first, "b", write("0123456789"));
    await fetchTo(localCache(options), "a", never);
    await fetchTo(first, "c", write("0123456789"));
    expect((await readdir(join(cacheFolder, "files"))).sort()).toEqual(["a", "c"]);
    expect(await readFile(await fetchTo(first, "b", never), "utf8")).toBe("0123456789");
  });

  test("a failed download leaves nothing and is tried again", async () => {
    const cacheFolder = await newFolder();
    const cache = localCache({ cacheFolder, clock: Date.now });
    const broken = async (path: string): Promise<void> => {
      await writeFile(path, "half");
      throw new Error("the line broke");
    };
    await expect(fetchTo(cache, "a", broken)).rejects.toThrow("the line broke");
    expect(await readdir(join(cacheFolder, "files"))).toEqual([]);
    expect(await readFile(await fetchTo(cache, "a", write("whole")), "utf8")).toBe("whole");
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

  test("what was let go makes room, what was let go last stays, what is in use stays whatever the limit", async () => {
    const cacheFolder = await newFolder();
    const cache = localCache({ cacheFolder, cacheSizeBytes: 25, clock: Date.now });
    const at = (name: string): string => join(cache.session, name);
    for (const name of ["a", "b", "c", "d"]) await fetchTo(cache, name, write("0123456789"));
    for (const name of ["a", "b", "c"]) cache.letGo(at(name)); // 30 bytes: a goes
    expect(await readFile(await fetchTo(cache, "a", write("again")), "utf8")).toBe("again");
    for (const name of ["b", "c", "d"]) expect(await readFile(at(name), "utf8")).toBe("0123456789");
    await fetchTo(cache, "b", never); // in use again
    cache.letGo(at("d"));
    for (const name of ["a", "b", "c", "d"]) await readFile(at(name));
    cache.letGo(at("b")); // 30 bytes: c goes
    await expect.poll(() => readdir(cache.session)).toEqual(["a", "b", "d"]);
    await cache.close();
  });

  test("a copy of another size than it must have is downloaded again", async () => {
    const cacheFolder = await newFolder();
    const broken = localCache({ cacheFolder, clock: Date.now });
    await fetchTo(broken, "a", write("hal"));
    const cache = localCache({ cacheFolder, clock: Date.now });
    const path = join(cache.session, "a");
    await cache.hold({ name: "a", path, sizeBytes: 5 }, write("whole"));
    expect(await readFile(path, "utf8")).toBe("whole");
    const next = localCache({ cacheFolder, clock: Date.now });
    expect(await readFile(await fetchTo(next, "a", never), "utf8")).toBe("whole");
  });

  test("a cache of size 0 keeps nothing beyond the session", async () => {
    const cacheFolder = await newFolder();
    const cache = localCache({ cacheFolder, cacheSizeBytes: 0, clock: Date.now });
    expect(await readFile(await fetchTo(cache, "a", write("x")), "utf8")).toBe("x");
    await cache.close();
    expect(await readdir(join(cacheFolder, "files"))).toEqual([]);
  });
});
