import { describe, expect, test } from "vitest";
import { actionsOf, dataFiles, newLake } from "../../../tests/support/lake.ts";
import { int, schema, text } from "../schema.ts";
import type { Table } from "../table.ts";

const items = schema("items", { id: text({ key: true }), n: int({ nullable: true }) });
type Items = Table<(typeof items)["columns"]>;
const item = (id: string, n: number | null = null) => ({ id, n });

async function changesOf(table: Items, from: number, to?: number) {
  const range = to === undefined ? { from } : { from, to };
  const rows = await (await table.changes(range)).rows();
  return rows
    .map(({ id, n, _change_type, _commit_version }) => [_commit_version, _change_type, id, n])
    .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

describe("changes", () => {
  test("tell of every row what each operation did to it", async () => {
    const lake = await newLake();
    const table = lake.table("a.items", items, { changeFeed: true });
    await table.append([item("a", 1), item("b", 2), item("c", 3)]);
    await table.update(
      (c) => c.id.is("a"),
      () => ({ n: 10 }),
    );
    await table.delete((c) => c.id.is("b"));
    await table.merge([item("c", 30), item("d", 4)], { on: ["id"] });
    await table.mergeWhen([item("d")], { on: ["id"], matched: [{ delete: true }] });
    await table.optimize();
    await table.overwrite([item("a", 11)], { where: (c) => c.id.is("a") });
    await table.overwrite([item("z")]);
    expect(await changesOf(table, 0)).toEqual([
      [0, "insert", "a", 1],
      [0, "insert", "b", 2],
      [0, "insert", "c", 3],
      [1, "update_postimage", "a", 10],
      [1, "update_preimage", "a", 1],
      [2, "delete", "b", 2],
      [3, "insert", "d", 4],
      [3, "update_postimage", "c", 30],
      [3, "update_preimage", "c", 3],
      [4, "delete", "d", 4],
      [5, "delete", "a", 10],
      [5, "insert", "a", 11],
      [6, "delete", "a", 11],
      [6, "delete", "c", 30],
      [6, "insert", "z", null],
    ]);
    expect(await changesOf(table, 2, 2)).toEqual([[2, "delete", "b", 2]]);
    const [first] = await (await table.changes({ from: 0 })).rows();
    expect(first?._commit_timestamp.getTime()).toBe((await table.history()).at(-1)?.atMs);
    const protocols = (await actionsOf(table, 0)).flatMap((action) => action["protocol"] ?? []);
    expect(protocols).toEqual([{ minReaderVersion: 1, minWriterVersion: 4 }]);
  });

  test("replayed give the table", async () => {
    const lake = await newLake();
    const table = lake.table("a.items", items, { changeFeed: true });
    await table.append(["a", "b", "c", "d"].map((id) => item(id, 1)));
    await table.merge([item("a", 2), item("x", 1)], { on: ["id"] });
    await table.update(
      (c) => c.n.is(1),
      (c) => ({ n: c.n.plus(1) }),
    );
    await table.delete((c) => c.id.is("b"));
    await table.restore({ version: 1 });
    const bag: string[] = [];
    const rows = await (await table.changes({ from: 0 })).rows();
    for (const { id, n, _change_type } of rows) {
      const one = `${id}=${n}`;
      if (_change_type === "insert" || _change_type === "update_postimage") bag.push(one);
      else bag.splice(bag.indexOf(one), 1);
    }
    const now = (await (await table.read()).rows()).map(({ id, n }) => `${id}=${n}`);
    expect(bag.sort()).toEqual(now.sort());
  });

  test("are refused for versions before the feed was on, and are partitioned like the table", async () => {
    const lake = await newLake();
    const table = lake.table("a.items", items, { partitionBy: ["id"] });
    await table.append([item("a", 1), item("b", 1)]);
    await expect(table.changes({ from: 0 })).rejects.toMatchObject({
      code: "table/missing-changes",
    });
    await table.alter({ changeFeed: true });
    await table.update(
      (c) => c.id.is("a"),
      () => ({ n: 7 }),
    );
    expect(await changesOf(table, 1)).toEqual([
      [2, "update_postimage", "a", 7],
      [2, "update_preimage", "a", 1],
    ]);
    expect(
      (await dataFiles(table)).filter((path) => path.startsWith("_change_data/id=a")),
    ).toHaveLength(1);
    await table.alter({ changeFeed: false });
    await expect(table.changes({ from: 1 })).rejects.toMatchObject({
      code: "table/missing-changes",
    });
    await expect(table.changes({ from: 9 })).rejects.toMatchObject({
      code: "table/missing-version",
    });
  });
});
