import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  batch,
  entriesOf,
  entry,
  parts,
  spends,
  state,
  things,
} from "../../../tests/conform/online-rows.ts";
import { memoryStore } from "./memory-store.ts";

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-held-"));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
const conflict = { code: "feature/conflict-materialize" };

/** What a store that is opened anew has. */
async function reopened(snapshots: string) {
  await using store = await memoryStore({ snapshots, refreshMs: 0 });
  return { state: await store.state(things), entries: await entriesOf(store) };
}

describe("stores in memory that share a folder", () => {
  test("the loser of two writers leaves nothing on the disk", async () => {
    const snapshots = await newFolder();
    await using store = await memoryStore({ snapshots });
    await store.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
    const write = (n: number) =>
      store.write({
        ...batch(2, { from: state(1), upserts: parts([entry("a", 1, n)]) }),
        state: state(2, 10 + n),
      });
    const [first, second] = await Promise.allSettled([write(8), write(9)]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: conflict });
    expect(await reopened(snapshots)).toEqual({ state: state(2, 18), entries: [entry("a", 1, 8)] });
  });

  test("a writer that has not seen what another wrote is told, and then has it", async () => {
    const snapshots = await newFolder();
    await using one = await memoryStore({ snapshots, refreshMs: 0 });
    await using two = await memoryStore({ snapshots, refreshMs: 0 });
    await one.write(batch(1, { upserts: parts([entry("a", 1, 1), entry("b", 1, 1)]) }));
    await one.write(batch(2, { from: state(1), upserts: parts([entry("a", 1, 2)]) }));
    const late = two.write(batch(3, { from: state(1), upserts: parts([entry("a", 1, 3)]) }));
    await expect(late).rejects.toMatchObject({ ...conflict, details: { expected: 1, found: 2 } });
    expect(await two.state(things)).toEqual(state(2));
    expect(await spends(two, "a", "b")).toEqual([2, 1]);
    await two.write(batch(3, { from: state(2), deletes: [["b", 1]] }));
    await one.write(batch(4, { from: state(3), upserts: parts([entry("c", 1, 4)]) })); // it looks before
    expect(await spends(one, "a", "b", "c")).toEqual([2, undefined, 4]);
    expect((await reopened(snapshots)).state).toEqual(state(4));
  });

  test("of many stores that write at once one gets each step, and none that was acknowledged is lost", async () => {
    const snapshots = await newFolder();
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => memoryStore({ snapshots, refreshMs: 0 })),
    );
    await stores[0]?.write(batch(1, { upserts: parts([entry("x", 1, 0)]) }));
    const kept: string[] = [];
    await Promise.all(
      stores.map(async (store, i) => {
        for (let n = 0; n < 10; ) {
          const from = (await store.state(things)) ?? state(1);
          const next = state(from.tableVersion + 1, i);
          const id = `${i}-${n}`;
          const upserts = parts([entry(id, 1, n)]);
          const isKept = await store.write({ ...batch(0, { from, upserts }), state: next }).then(
            () => true,
            (error: unknown) => {
              expect(error).toMatchObject(conflict);
              return false;
            },
          );
          if (!isKept) continue;
          kept.push(id);
          n += 1;
        }
      }),
    );
    const { entries, state: last } = await reopened(snapshots);
    expect(entries.map(({ key }) => key[0]).sort()).toEqual([...kept, "x"].sort());
    expect(last?.tableVersion).toBe(41);
    for (const store of stores) await store.close();
  });

  test("a reader sees what another process wrote, drops too, without being asked to look", async () => {
    const snapshots = await newFolder();
    await using writer = await memoryStore({ snapshots });
    await using reader = await memoryStore({ snapshots, refreshMs: 1 });
    const sees = (wanted: unknown) =>
      expect
        .poll(() => spends(reader, "a").catch(({ code }) => code), { timeout: 20_000 })
        .toEqual(wanted);
    await writer.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
    await sees([1]);
    await writer.write(batch(2, { from: state(1), upserts: parts([entry("a", 1, 2)]) }));
    await sees([2]);
    await writer.drop(things);
    await sees("feature/missing-online-table");
    await writer.write(batch(1, { upserts: parts([entry("a", 1, 5)]) }));
    await sees([5]);
    expect(await readdir(snapshots)).toHaveLength(1);
  });

  test("many steps become one file, which is what they were", async () => {
    const snapshots = await newFolder();
    await using store = await memoryStore({ snapshots });
    await using reader = await memoryStore({ snapshots, refreshMs: 1 });
    const rows = Array.from({ length: 50 }, (_, i) => entry(`k${i}`, 1, 0));
    await store.write(batch(1, { upserts: parts(rows) }));
    for (let n = 2; n <= 80; n++) {
      const upserts = parts([entry(`k${n % 50}`, 1, n)], [entry("new", 1, n)]);
      await store.write(
        batch(n, { from: state(n - 1), upserts, deletes: [[`k${(n + 1) % 50}`, 1]] }),
      );
    }
    expect((await readdir(snapshots)).length).toBeLessThan(30);
    const byKey = (all: Awaited<ReturnType<typeof entriesOf>>) =>
      [...all].sort((a, b) => (String(a.key[0]) < String(b.key[0]) ? -1 : 1));
    const there = byKey(await entriesOf(store));
    const again = await reopened(snapshots);
    expect(again.state).toEqual(state(80));
    expect(byKey(again.entries)).toEqual(there);
    await expect.poll(() => reader.state(things), { timeout: 20_000 }).toEqual(state(80));
    expect(byKey(await entriesOf(reader))).toEqual(there);
  });

  test("a step whose step before is gone is refused, and so is a whole that is damaged", async () => {
    const snapshots = await newFolder();
    {
      await using store = await memoryStore({ snapshots });
      await store.write(batch(1, { upserts: parts([entry("a", 1, 1)]) }));
      for (const n of [2, 3]) await store.write(batch(n, { from: state(n - 1) }));
    }
    const [, second = ""] = (await readdir(snapshots)).sort();
    await rm(join(snapshots, second));
    const corrupt = { code: "feature/corrupt-snapshot" };
    await expect(memoryStore({ snapshots })).rejects.toMatchObject(corrupt);
    await writeFile(join(snapshots, second), "MILLRACE ONLINE 2\n");
    await expect(memoryStore({ snapshots })).rejects.toMatchObject(corrupt);
  });

  test("who lists a table while it is written is told, or gets the rows of one version", async () => {
    await using store = await memoryStore();
    const rows = (n: number) => Array.from({ length: 3000 }, (_, i) => entry(`k${i}`, 1, n));
    await store.write(batch(1, { upserts: parts(rows(1)) }));
    const listing = store.entries(things)[Symbol.asyncIterator]();
    await listing.next();
    const writing = store.write(batch(2, { from: state(1), upserts: parts(rows(2)) }));
    const during = async () => {
      const seen = new Set<unknown>();
      for await (const part of store.entries(things))
        for (const { cells } of part) seen.add(cells[0]);
      return seen.size;
    };
    for (let isDone = false; !isDone; ) {
      const versions = await during().catch((error: unknown) => {
        expect(error).toMatchObject(conflict);
        return 1;
      });
      expect(versions).toBe(1);
      const turn = new Promise<false>((later) => setImmediate(later, false));
      isDone = await Promise.race([writing.then(() => true), turn]);
    }
    await expect(listing.next()).rejects.toMatchObject(conflict);
    expect(await during()).toBe(1);
  });
});
