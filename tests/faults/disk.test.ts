import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { int, openLake, schema, text } from "../../src/table/index.ts";
import { runCli } from "../support/cli.ts";

let folder: string;
let mounted: boolean;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-disk-"));
  await mkdir(join(folder, "small"));
  const mount = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", join(folder, "small")];
  mounted = spawnSync("mount", mount).status === 0;
  if (!mounted) process.stdout.write("disk tests skipped: this machine allows no small tmpfs\n");
});
afterAll(async () => {
  if (mounted) spawnSync("umount", [join(folder, "small")]);
  await rm(folder, { recursive: true });
});

const rows = schema("rows", { id: int({ key: true }), words: text() });
const many = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) => ({
    id: from + i,
    words: randomBytes(100).toString("base64"),
  }));

describe("a full disk", () => {
  test("stops a write with a clear error, commits nothing and loses nothing", async ({ skip }) => {
    if (!mounted) skip();
    await using lake = await openLake(join(folder, "small", "lake"));
    const table = lake.table("t.rows", rows);
    await table.append(many(0, 100));
    const refused = await table.append(many(1000, 60_000)).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "table/failed-write",
      kind: "environment",
    });
    expect(await table.version()).toBe(0);
    expect(await (await table.read()).count()).toBe(100);
    await table.append(many(100, 100)); // what had been written for it is gone again
    expect(await (await table.read()).count()).toBe(200);
  });

  test("ends the demo with a clear error and exit code 5", async ({ skip }) => {
    if (!mounted) skip();
    const ran = await runCli(["demo", "--dir", join(folder, "small", "demo")], folder);
    expect(ran.code, ran.stderr).toBe(5);
    expect(ran.stderr).toMatch(/error\[(table|store)\/failed-[a-z]+\]/);
  });
});

describe("a folder that may not be written", () => {
  test("is told before anything is done", async ({ skip }) => {
    if (!mounted) skip();
    const place = join(folder, "small");
    spawnSync("mount", ["-o", "remount,ro", place]);
    const ran = await runCli(["demo", "--dir", join(place, "readonly")], folder);
    spawnSync("mount", ["-o", "remount,rw", place]);
    expect(ran.code, ran.stderr).toBe(5);
    expect(ran.stderr).toMatch(/error\[store\/failed-write\].*read-only/i);
  });

  test("cannot be a file", async () => {
    await writeFile(join(folder, "file"), "");
    const ran = await runCli(["demo", "--dir", join(folder, "file")], folder);
    expect(ran.code, ran.stderr).not.toBe(0);
    expect(ran.stderr).toMatch(/^error\[/m);
    expect(ran.stderr).not.toContain("internal error");
  });
});
