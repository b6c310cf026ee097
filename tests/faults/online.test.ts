import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkParity, materialize, memoryStore } from "../../src/feature/index.ts";
import { openLake } from "../../src/table/index.ts";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe("an online store whose process is killed", () => {
  test("is afterwards exactly at the version that it records, and goes on to the newest", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-killed-"));
    folders.push(folder);
    const [at, snapshots] = [join(folder, "lake"), join(folder, "online")];
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, [
        join(import.meta.dirname, "online-child.ts"),
        at,
        snapshots,
      ]);
      await once(child.stdout, "data"); // one whole round, and some part of the next
      await new Promise((later) => setTimeout(later, 13 * round));
      child.kill("SIGKILL");
      await once(child, "exit");
      await using lake = await openLake(at);
      await using store = await memoryStore({ snapshots });
      expect(await checkParity(lake, store, "shop.counters")).toMatchObject({
        equal: true,
        keys: 500,
      });
      await materialize(lake, store, { table: "shop.counters" });
      expect(await checkParity(lake, store, "shop.counters")).toMatchObject({
        equal: true,
        behind: 0,
      });
    }
  });
});
