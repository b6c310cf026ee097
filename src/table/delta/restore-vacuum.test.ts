import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dataFiles, inFolders, newLake } from "../../../tests/support/lake.ts";
import type { Bytes } from "../../store/index.ts";
import { openTable } from "../open-table.ts";
import { int, schema } from "../schema.ts";

const points = schema("points", { id: int() });
const all = { retentionHours: 0, force: true } as const;

/** Two versions, of which the first has files that the second has not; and the table as one opens it whom others interrupt. */
async function interrupted() {
  const lake = await newLake();
  const others = lake.table("a.points", points);
  await others.append([{ id: 1 }]);
  await others.overwrite([{ id: 2 }]);
  const then = new Date(Date.now() - 86_400_000);
  for (const file of await dataFiles(others)) await utimes(join(others.path, file), then, then);
  const { bytes: good, ...place } = lake.place("a.points");
  const waiting = new Map<string, () => Promise<unknown>>();
  const meanwhile = async (what: string): Promise<void> => {
    const work = waiting.get(what);
    waiting.delete(what);
    await work?.();
  };
  const bytes: Bytes = {
    ...good,
    has: async (key) => {
      const found = await good.has(key);
      if (key.endsWith(".parquet")) await meanwhile("has");
      return found;
    },
    list: async (folder, options) => {
      const names = await good.list(folder, options);
      if (folder === place.folder) await meanwhile("list");
      if (folder === `${place.folder}/_delta_log`) await meanwhile("log");
      return names;
    },
    remove: async (key) => {
      await meanwhile("remove");
      await good.remove(key);
    },
  };
  const { engine, clock, ids } = lake;
  const table = openTable({
    ...{ place: { ...place, bytes }, schema: points, options: {}, engine, clock, ids },
    known: async () => [],
  });
  const idsNow = async () => (await (await others.read()).rows()).map(({ id }) => id);
  return {
    others,
    table,
    idsNow,
    during: (what: string, work: () => Promise<unknown>) => void waiting.set(what, work),
  };
}

describe.runIf(inFolders())("restore beside a vacuum", () => {
  test("keeps the files that it has looked for until it is committed", async () => {
    const { others, table, idsNow, during } = await interrupted();
    let held: readonly string[] = [];
    during("has", async () => {
      ({ held } = await others.vacuum(all));
    });
    await table.restore({ version: 0 });
    expect(held).toHaveLength(1);
    expect(await idsNow()).toEqual([1]);
  });

  test("does not count on a file that is on its way out", async () => {
    const { others, table, idsNow, during } = await interrupted();
    during("remove", () =>
      expect(others.restore({ version: 0 })).rejects.toMatchObject({ code: "table/missing-data" }),
    );
    expect((await table.vacuum(all)).removed).toHaveLength(1);
    expect(await idsNow()).toEqual([2]);
    expect(await others.version()).toBe(1);
  });

  test("that was committed while the vacuum looked for files has its own kept", async () => {
    const { others, table, idsNow, during } = await interrupted();
    during("list", () => others.restore({ version: 0 }));
    expect((await table.vacuum(all)).removed).toEqual([]);
    expect(await idsNow()).toEqual([1]);
  });

  test("is refused while the vacuum looks at the log for the last time", async () => {
    const { others, table, idsNow, during } = await interrupted();
    let became = "restored";
    during("list", async () =>
      during("log", async () => {
        await others.restore({ version: 0 }).catch((error) => {
          became = error.code;
        });
      }),
    );
    const { removed } = await table.vacuum(all);
    expect([became, await idsNow(), removed.length]).toEqual(["table/missing-data", [2], 1]);
  });

  test("is not refused because of a vacuum that removes nothing", async () => {
    const { others, table, idsNow, during } = await interrupted();
    during("list", async () => during("log", () => others.restore({ version: 0 })));
    expect((await table.vacuum({ ...all, dryRun: true })).removed).toHaveLength(1);
    expect(await idsNow()).toEqual([1]);
  });
});
