import { describe, expect, test } from "vitest";
import { actionsOf, dataFiles, newLake } from "../../../tests/support/lake.ts";
import { openTable } from "../open-table.ts";
import { int, schema, text } from "../schema.ts";

const points = schema("points", { x: int(), y: int(), tag: text({ nullable: true }) });
const point = (x: number, y = 0) => ({ x, y, tag: null });

describe("commit", () => {
  test("that is in the log although the store failed is a commit, and keeps its files", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    await table.append([point(1)]);
    const good = lake.place("a.points").bytes;
    let fault: "after" | "before" | undefined;
    const bytes = {
      ...good,
      putIfAbsent: async (key: string, content: Uint8Array) => {
        if (fault === "before") throw new Error("the disk is gone");
        const put = await good.putIfAbsent(key, content);
        if (fault === "after") throw new Error("the folder could not be flushed");
        return put;
      },
    };
    const { engine, clock, ids } = lake;
    const faulty = openTable({
      place: { name: "a.points", folder: "tables/a/points", bytes },
      schema: points,
      options: {},
      engine,
      clock,
      ids,
      known: async () => [],
    });
    fault = "after";
    expect(await faulty.append([point(2)])).toMatchObject({ version: 1, skipped: false });
    fault = "before";
    await expect(faulty.append([point(3)])).rejects.toThrow("the disk is gone");
    expect((await (await table.read()).rows()).map(({ x }) => x)).toEqual([1, 2]);
    expect(await dataFiles(table)).toHaveLength(2);
  });

  test("lets forty merges of one process into a table at once", async () => {
    const lake = await newLake();
    const keyed = schema("keyed", { k: int({ key: true }), n: int() });
    const table = lake.table("a.keyed", keyed);
    await table.append([{ k: 0, n: 0 }]);
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        lake.table("a.keyed", keyed).merge([{ k: i % 7, n: i }], { on: ["k"] }),
      ),
    );
    expect(await (await table.read()).count()).toBe(7);
    expect(await table.version()).toBe(40);
  });

  test("holds what others append, and plans again only when they touched its rows", async () => {
    const lake = await newLake();
    const keyed = schema("keyed", { k: int({ key: true }), n: int() });
    const table = lake.table("a.keyed", keyed);
    const other = lake.table("a.keyed", keyed);
    await table.append([{ k: 1, n: 1 }]);
    await table.append([{ k: 2, n: 2 }]);
    const during = async (work: () => Promise<unknown>, how: () => Promise<unknown>) => {
      overtaken = 0;
      overtake = work;
      await how();
      return overtaken;
    };
    let overtaken = 0;
    let overtake: () => Promise<unknown> = async () => undefined;
    const confirm = async (): Promise<void> => {
      overtaken += 1;
      if (overtaken === 1) await overtake();
    };
    const merge = (k: number) => table.merge([{ k, n: 9 }], { on: ["k"], confirm });
    expect(
      await during(
        () => other.append([{ k: 5, n: 5 }]),
        () => merge(1),
      ),
    ).toBe(1);
    expect(
      await during(
        () => other.delete((c) => c.k.is(2)),
        () => merge(1),
      ),
    ).toBe(1);
    expect(
      await during(
        () => other.append([{ k: 7, n: 7 }]),
        () => merge(7),
      ),
    ).toBe(2);
    expect(
      await during(
        () =>
          other.update(
            (c) => c.k.is(1),
            () => ({ n: 3 }),
          ),
        () => merge(1),
      ),
    ).toBe(2);
    expect(
      await during(
        () => other.optimize(),
        () => merge(1),
      ),
    ).toBe(2);
    expect(
      await during(
        () => other.alter({ checks: { small: (c) => c.n.isBelow(10) } }),
        () => merge(8),
      ),
    ).toBe(2);
    const rows = await (await table.read()).rows();
    expect(rows.map(({ k, n }) => [k, n]).sort()).toEqual([
      [1, 9],
      [5, 5],
      [7, 9],
      [8, 9],
    ]);
  });

  test("makes a table once when two make it at once", async () => {
    const lake = await newLake();
    await Promise.all([1, 2, 3].map((x) => lake.table("a.points", points).append([point(x)])));
    const table = lake.table("a.points", points);
    expect(await (await table.read()).count()).toBe(3);
    const made = await Promise.all([0, 1, 2].map((v) => actionsOf(table, v)));
    expect(made.flat().filter(({ metaData }) => metaData)).toHaveLength(1);
  });
});
