/** @file What every store of bytes does, whatever it keeps them in. */
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bytes } from "../../src/store/index.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const name = fc.stringMatching(/^[a-z]{1,3}$/);
const paths = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));

/**
 * Runs the conformance tests of {@link Bytes} inside the caller's `describe`.
 *
 * @param make - Gives a new, empty store for each test.
 */
export function checkBytes(make: () => Promise<Bytes>): void {
  test("gives back the bytes that were put", async () => {
    const bytes = await make();
    await bytes.put("a/b c/é.bin", new Uint8Array([0, 255, 7]));
    expect(await bytes.get("a/b c/é.bin")).toEqual(new Uint8Array([0, 255, 7]));
    await bytes.put("a/empty", new Uint8Array());
    expect(await bytes.get("a/empty")).toEqual(new Uint8Array());
  });

  test("put replaces what was there", async () => {
    const bytes = await make();
    await bytes.put("key", text("a longer first value"));
    await bytes.put("key", text("second"));
    expect(await bytes.get("key")).toEqual(text("second"));
  });

  test("putIfAbsent keeps what was there", async () => {
    const bytes = await make();
    expect(await bytes.putIfAbsent("a/key", text("first"))).toBe(true);
    expect(await bytes.putIfAbsent("a/key", text("second"))).toBe(false);
    expect(await bytes.get("a/key")).toEqual(text("first"));
  });

  test("of many putIfAbsent at once, one gets true and its bytes are stored", async () => {
    const bytes = await make();
    const all = Array.from({ length: 20 }, (_, i) => bytes.putIfAbsent("log/0.json", text(`${i}`)));
    const won = await Promise.all(all);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await bytes.get("log/0.json")).toEqual(text(`${won.indexOf(true)}`));
    expect(await bytes.list("log")).toEqual(["0.json"]);
  });

  test("concurrent puts into one new folder are all stored", async () => {
    const bytes = await make();
    const keys = Array.from({ length: 20 }, (_, i) => `deep/er/${i}`);
    await Promise.all(keys.map((key) => bytes.put(key, text(key))));
    for (const key of keys) expect(await bytes.get(key)).toEqual(text(key));
  });

  test("a key that is not there is missing", async () => {
    const bytes = await make();
    await bytes.put("a/b", text("x"));
    for (const key of ["a/c", "a", "a/b/c", "z"]) {
      expect(await bytes.has(key)).toBe(false);
      await expect(bytes.get(key)).rejects.toMatchObject({
        code: "store/missing-bytes",
        kind: "not-found",
      });
    }
    expect(await bytes.has("a/b")).toBe(true);
  });

  test("stat gives the size and the time of what is stored", async () => {
    const bytes = await make();
    const before = Date.now();
    await bytes.put("a/b", text("four"));
    const { sizeBytes, modifiedMs } = (await bytes.stat("a/b")) ?? {};
    expect(sizeBytes).toBe(4);
    expect(Math.abs((modifiedMs ?? 0) - before)).toBeLessThan(60_000);
    for (const key of ["a", "a/c", "a/b/c"]) expect(await bytes.stat(key)).toBeUndefined();
  });

  test("list gives the sorted names directly in a folder", async () => {
    const bytes = await make();
    for (const key of ["f/10", "f/9", "f/B", "f/a/x", "f/a/y", "g"])
      await bytes.put(key, text(key));
    expect(await bytes.list("f")).toEqual(["10", "9", "B", "a"]);
    expect(await bytes.list("")).toEqual(["f", "g"]);
    expect(await bytes.list("absent")).toEqual([]);
    expect(await bytes.list("g")).toEqual([]);
    expect(await bytes.list("f", { after: "10" })).toEqual(["9", "B", "a"]);
    expect(await bytes.list("f", { after: "95" })).toEqual(["B", "a"]);
    expect(await bytes.list("f", { after: "a" })).toEqual([]);
    expect(await bytes.list("", { after: "f" })).toEqual(["g"]);
    expect(await bytes.list("absent", { after: "0" })).toEqual([]);
  });

  test("remove forgets the key and the folders it leaves empty", async () => {
    const bytes = await make();
    await bytes.put("a/b/c", text("x"));
    await bytes.put("a/d", text("y"));
    await bytes.remove("a/b/c");
    expect(await bytes.has("a/b/c")).toBe(false);
    expect(await bytes.list("a")).toEqual(["d"]);
    await bytes.remove("a/b/c");
    await bytes.remove("a");
    expect(await bytes.has("a/d")).toBe(true);
    await bytes.remove("a/d");
    expect(await bytes.list("")).toEqual([]);
  });

  test("a key is not both a file and a folder", async () => {
    const bytes = await make();
    await bytes.put("a/b", text("x"));
    for (const key of ["a", "a/b/c"]) {
      const conflict = { code: "store/conflict-key", kind: "conflict" };
      await expect(bytes.put(key, text("y"))).rejects.toMatchObject(conflict);
      await expect(bytes.putIfAbsent(key, text("y"))).rejects.toMatchObject(conflict);
    }
    expect(await bytes.list("")).toEqual(["a"]);
    expect(await bytes.get("a/b")).toEqual(text("x"));
  });

  const unfinished = ".00000000-0000-0000-0000-000000000000.tmp";
  const outside = [
    "",
    "/a",
    "../a",
    "a/../../b",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "C:/a",
    "a\0b",
    "a\ud800",
  ];
  test.each([...outside, "a/..", ".", "é".repeat(128), `a/${unfinished}`])(
    "refuses the key %j",
    async (key) => {
      const bytes = await make();
      const refused = { code: "store/out-of-range-key", kind: "caller" };
      await expect(bytes.put(key, text("x"))).rejects.toMatchObject(refused);
      await expect(bytes.putIfAbsent(key, text("x"))).rejects.toMatchObject(refused);
      await expect(bytes.get(key)).rejects.toMatchObject(refused);
      await expect(bytes.has(key)).rejects.toMatchObject(refused);
      await expect(bytes.remove(key)).rejects.toMatchObject(refused);
      expect(() => bytes.locate(key)).toThrow(expect.objectContaining(refused));
      if (key !== "") await expect(bytes.list(key)).rejects.toMatchObject(refused);
    },
  );

  test("callers cannot change what is stored", async () => {
    const bytes = await make();
    const mine = new Uint8Array([1, 2]);
    await bytes.put("key", mine);
    mine[0] = 9;
    (await bytes.get("key"))[1] = 9;
    expect(await bytes.get("key")).toEqual(new Uint8Array([1, 2]));
  });

  test("fetchLocal gives a local file with the bytes", async () => {
    await using bytes = await make();
    await bytes.put("t/part-0.parquet", text("rows"));
    const path = await bytes.fetchLocal("t/part-0.parquet", { sizeBytes: 4 });
    expect(isAbsolute(path)).toBe(true);
    expect(await readFile(path, "utf8")).toBe("rows");
    expect(await readFile(await bytes.fetchLocal("t/part-0.parquet"), "utf8")).toBe("rows");
    await expect(bytes.fetchLocal("t/part-0.parquet", { sizeBytes: 5 })).rejects.toMatchObject({
      code: "store/mismatch-size",
      kind: "environment",
    });
    for (const options of [{}, { sizeBytes: 4 }])
      for (const key of ["t/absent", "t"])
        await expect(bytes.fetchLocal(key, options)).rejects.toMatchObject({
          code: "store/missing-bytes",
        });
    await expect(bytes.fetchLocal("../a")).rejects.toMatchObject({
      code: "store/out-of-range-key",
    });
  });

  test("a path stands for bytes before they are there", async () => {
    await using bytes = await make();
    const { copies } = bytes;
    if (copies === undefined) return expect(isAbsolute(bytes.locate("t/a"))).toBe(true);
    const keys = ["top", "t/part=1/é [*] 'x'?.parquet", `t/${"n".repeat(255)}`, "t/12.34.parquet"];
    for (const key of keys) {
      const path = copies.path(key, 4);
      expect(path.startsWith(`${copies.folder}/`)).toBe(true);
      expect(existsSync(path)).toBe(false);
      await expect(copies.hold(path)).rejects.toMatchObject({ code: "store/missing-bytes" });
      await bytes.put(key, text("rows"));
      await Promise.all([copies.hold(path), copies.hold(path)]);
      copies.letGo(path);
      expect(await readFile(path, "utf8")).toBe("rows");
      expect(await bytes.fetchLocal(key, { sizeBytes: 4 })).toBe(path);
      await expect(copies.hold(copies.path(key, 5))).rejects.toMatchObject({
        code: "store/mismatch-size",
      });
    }
    for (const path of ["elsewhere", `${copies.folder}/at/../../4.x`, `${copies.folder}/at/x`])
      await expect(copies.hold(path)).rejects.toMatchObject({ code: "store/out-of-range-key" });
  });

  test("putFile stores a finished local file and takes it away", async () => {
    await using bytes = await make();
    const folder = await bytes.scratch();
    expect(await readdir(folder)).toEqual([]);
    expect(await bytes.list("")).toEqual([]);
    await writeFile(join(folder, "1"), "first");
    await writeFile(join(folder, "2"), "second");
    await bytes.putFile("t/a", join(folder, "1"));
    expect(await bytes.get("t/a")).toEqual(text("first"));
    await bytes.putFile("t/a", join(folder, "2"));
    expect(await bytes.get("t/a")).toEqual(text("second"));
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, "3"), "third");
    const conflict = { code: "store/conflict-key" };
    await expect(bytes.putFile("t", join(folder, "3"))).rejects.toMatchObject(conflict);
    await expect(bytes.putFile("t/a/b", join(folder, "3"))).rejects.toMatchObject(conflict);
    await rm(folder, { recursive: true });
    expect(await bytes.list("")).toEqual(["t"]);
    await expect(bytes.putFile("t/b", join(folder, "gone"))).rejects.toMatchObject({
      code: "store/failed-write",
      kind: "environment",
    });
  });

  test("law: a sequence of puts and removes leaves what a map would hold", async () => {
    const step = fc.record({ key: paths, remove: fc.boolean(), value: fc.uint8Array() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const bytes = await make();
        const expected = new Map<string, Uint8Array>();
        for (const each of steps) await apply(each, bytes, expected);
        for (const [key, value] of expected) expect(await bytes.get(key)).toEqual(value);
        expect([...(await keysOf(bytes, ""))].sort()).toEqual([...expected.keys()].sort());
      }),
      { numRuns: 30 },
    );
  });
}

interface Step {
  readonly key: string;
  readonly remove: boolean;
  readonly value: Uint8Array;
}

/** Does a step to the store and to the map that says what the store must hold. */
async function apply(step: Step, bytes: Bytes, expected: Map<string, Uint8Array>): Promise<void> {
  const { key, remove, value } = step;
  if (remove) {
    await bytes.remove(key);
    expected.delete(key);
    return;
  }
  const others = [...expected.keys()];
  if (others.some((o) => o.startsWith(`${key}/`) || key.startsWith(`${o}/`))) return;
  await bytes.put(key, value);
  expected.set(key, value);
}

async function keysOf(bytes: Bytes, folder: string): Promise<readonly string[]> {
  const names = await bytes.list(folder);
  const below = names.map(async (child) => {
    const key = folder === "" ? child : `${folder}/${child}`;
    return (await bytes.has(key)) ? [key] : keysOf(bytes, key);
  });
  return (await Promise.all(below)).flat();
}
