import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkBytes } from "../../tests/conform/bytes.ts";
import { folderBytes } from "./index.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-bytes-"));
  await chmod(home, 0o755);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const folder = (): Promise<string> => mkdtemp(join(home, "store-"));
const big = new Uint8Array(200_000);

/** Runs work as a user without rights: root is allowed to write everywhere. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  const { seteuid } = process;
  const root = seteuid !== undefined && process.geteuid?.() === 0;
  if (root) seteuid(65534);
  return work().finally(() => root && seteuid(0));
}

/** Whether this user may mount a small disk in memory. */
function mounted(path: string, options: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("folderBytes", () => {
  checkBytes(async () => folderBytes(await folder()));

  test("a key is a path under the folder", async () => {
    const root = await folder();
    expect(folderBytes(root).locate("a/b.txt")).toBe(join(root, "a", "b.txt"));
  });

  test("putIfAbsent of what others remove at the same time is won or lost, and no error", async () => {
    const bytes = folderBytes(await folder());
    const often = async (work: () => Promise<unknown>): Promise<void> => {
      for (let times = 0; times < 50; times++) await work();
    };
    const put = (): Promise<boolean> => bytes.putIfAbsent("log/0.json", big);
    const remove = (): Promise<void> => bytes.remove("log/0.json");
    await Promise.all([often(put), often(put), often(put), often(remove), often(remove)]);
    await remove();
    expect(await put()).toBe(true);
  });

  test("a folder goes with what dead writers left in it, and stays while one may be at work", async () => {
    const root = await folder();
    const bytes = folderBytes(root);
    const left = join(root, "log/.0b41f5a2-9f43-4ad5-8f7a-94a1d1a9c111.tmp");
    await bytes.put("log/0.json", big);
    await writeFile(left, "half");
    await bytes.remove("log/0.json");
    expect(await readdir(join(root, "log"))).toEqual([basename(left)]);
    await bytes.put("log/0.json", big);
    await bytes.put("log/1.json", big);
    const then = new Date(Date.now() - 2 * 3_600_000);
    await utimes(left, then, then);
    await bytes.remove("log/0.json");
    expect(await readdir(join(root, "log"))).toContain("1.json");
    await bytes.remove("log/1.json");
    expect(await readdir(root)).toEqual([]);
  });

  test("files left by a process that died while writing are not listed", async () => {
    const root = await folder();
    await writeFile(join(root, ".0b41f5a2-9f43-4ad5-8f7a-94a1d1a9c111.tmp"), "half");
    expect(await folderBytes(root).list("")).toEqual([]);
  });

  test("a scratch folder that a dead process left is gone a week later", async () => {
    const root = await folder();
    const bytes = folderBytes(root);
    const [left, used] = [await bytes.scratch(), await bytes.scratch()];
    await writeFile(join(left, "half.parquet"), "half");
    const longAgo = new Date(Date.now() - 8 * 86_400_000);
    await utimes(left, longAgo, longAgo);
    const own = await bytes.scratch();
    expect((await readdir(root)).sort()).toEqual([used, own].map((path) => basename(path)).sort());
    expect(await bytes.list("")).toEqual([]);
  });

  test("no temporary file is left by writes, whether they succeed or fail", async () => {
    const root = await folder();
    const bytes = folderBytes(root);
    await bytes.put("a/b", big);
    await bytes.putIfAbsent("a/b", big);
    await bytes.putIfAbsent("a/c", big);
    await expect(bytes.put("a", big)).rejects.toThrow("file and a folder");
    expect(await readdir(root)).toEqual(["a"]);
    expect(await readdir(join(root, "a"))).toEqual(["b", "c"]);
  });

  test("a folder that may not be written is a failed write that says so", async () => {
    const root = await folder();
    await chmod(root, 0o555);
    const write = unprivileged(() => folderBytes(root).put("key", big));
    await expect(write).rejects.toMatchObject({
      code: "store/failed-write",
      kind: "environment",
      message: expect.stringContaining("this user is not allowed to (EACCES). Give the user"),
    });
  });

  test("a file that may not be read is a failed read that says so", async () => {
    const root = await folder();
    await writeFile(join(root, "key"), "x", { mode: 0o000 });
    const inner = join(root, "inner");
    await mkdir(inner, { mode: 0o000 });
    await chmod(root, 0o755);
    const failed = { code: "store/failed-read", kind: "environment" };
    const bytes = folderBytes(root);
    await expect(unprivileged(() => bytes.get("key"))).rejects.toMatchObject(failed);
    await expect(unprivileged(() => bytes.list("inner"))).rejects.toMatchObject(failed);
    await expect(unprivileged(() => bytes.has("inner/key"))).rejects.toMatchObject(failed);
  });

  test("a full disk is a failed write that leaves the old bytes and no rubbish", async (context) => {
    const root = await folder();
    if (!mounted(root, "size=64k")) return context.skip("mounting a small disk needs root");
    try {
      const bytes = folderBytes(root);
      await bytes.put("key", new Uint8Array([1]));
      await expect(bytes.put("key", big)).rejects.toMatchObject({
        code: "store/failed-write",
        message: expect.stringContaining("the disk is full (ENOSPC). Free some space"),
      });
      expect(await bytes.get("key")).toEqual(new Uint8Array([1]));
      expect(await readdir(root)).toEqual(["key"]);
    } finally {
      execFileSync("umount", [root]);
    }
  });

  test("a read-only disk is a failed write that says so", async (context) => {
    const root = await folder();
    if (!mounted(root, "size=64k,ro")) return context.skip("mounting a small disk needs root");
    try {
      await expect(folderBytes(root).put("key", big)).rejects.toMatchObject({
        code: "store/failed-write",
        message: expect.stringContaining("the disk is read-only (EROFS)"),
      });
    } finally {
      execFileSync("umount", [root]);
    }
  });
});
