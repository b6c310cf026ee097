import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkParity, materialize, memoryStore } from "../../src/feature/index.ts";
import { openLake } from "../../src/table/index.ts";
import { startWorker } from "../support/worker.ts";
import { unlessConflict } from "./online-child.ts";

const program = join(import.meta.dirname, "online-child.ts");

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
      const worker = startWorker(program, at, snapshots);
      await worker.begun; // one whole round, and some part of the next
      await new Promise((later) => setTimeout(later, 13 * round));
      await worker.kill();
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

  test("beside others that write to its folder loses nothing that was acknowledged, and is one version", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-killed-"));
    folders.push(folder);
    const [at, snapshots] = [join(folder, "lake"), join(folder, "online")];
    for (let round = 0; round < 3; round++) {
      const worker = startWorker(program, at, snapshots);
      await worker.begun;
      const own: number[] = [];
      {
        await using lake = await openLake(at);
        await using store = await memoryStore({ snapshots });
        for (let n = 0; n < 8; n++) {
          const full = n % 4 === 3;
          const done = await materialize(lake, store, { table: "shop.counters", full }).catch(
            unlessConflict,
          );
          if (done !== undefined) own.push(done.tableVersion);
        }
      }
      const told = await worker.kill();
      await using lake = await openLake(at);
      await using store = await memoryStore({ snapshots });
      const { tableVersion = -1 } = (await store.state("shop.counters")) ?? {};
      expect(tableVersion).toBeGreaterThanOrEqual(Math.max(...own, ...told.map(Number)));
      expect(await checkParity(lake, store, "shop.counters")).toMatchObject({
        equal: true,
        keys: 500,
      });
    }
  });
});
