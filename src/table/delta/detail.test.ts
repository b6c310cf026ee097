import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { actionsOf, commitAs, newLake } from "../../../tests/support/lake.ts";
import { int, schema, text } from "../schema.ts";

const orders = schema("orders", {
  id: text({ key: true }),
  city: text(),
  n: int({ nullable: true }),
});
async function newTable() {
  const lake = await newLake({ clock: () => 1_700_000_000_000 });
  const table = lake.table("shop.orders", orders, {
    partitionBy: ["city"],
    checks: { some: (c) => c.n.isAtLeast(0) },
    changeFeed: true,
  });
  await table.append([
    { id: "a", city: "Graz", n: 1 },
    { id: "b", city: "Linz", n: 2 },
  ]);
  return { lake, table };
}

describe("detail", () => {
  test("gives the schema, the rules, the files and the identity of the newest version", async () => {
    const { lake, table } = await newTable();
    const detail = await table.detail();
    expect(detail).toMatchObject({
      name: "shop.orders",
      path: join(lake.path, "tables", "shop", "orders"),
      version: 0,
      createdAtMs: 1_700_000_000_000,
      modifiedAtMs: 1_700_000_000_000,
      description: null,
      schema: orders,
      types: { id: "string", city: "string", n: "long" },
      partitionBy: ["city"],
      checks: { some: "(0 <= `n`)" },
      changeFeed: true,
      files: 2,
      rows: 2,
      hash: await table.hash(),
    });
    expect(detail.sizeBytes).toBeGreaterThan(100);
    expect(detail.properties).toMatchObject({ "delta.enableChangeDataFeed": "true" });
    expect(detail.protocol.minWriterVersion).toBeGreaterThanOrEqual(4);
  });

  test("describes an earlier version, by its number and by a moment", async () => {
    let now = 1_700_000_000_000;
    const lake = await newLake({ clock: () => now });
    const table = lake.table("shop.orders", orders);
    await table.append([{ id: "a", city: "Graz", n: 1 }]);
    now += 1000;
    await table.append([{ id: "b", city: "Linz", n: 2 }]);
    expect(await table.detail({ version: 0 })).toMatchObject({ version: 0, rows: 1 });
    expect(await table.detail({ at: new Date(now - 1) })).toMatchObject({ version: 0, rows: 1 });
    expect(await table.detail()).toMatchObject({ version: 1, rows: 2, modifiedAtMs: now });
    await expect(table.detail({ version: 7 })).rejects.toMatchObject({
      code: "table/missing-version",
    });
  });

  test("does not count rows where a file has no statistics, and gives no time where the commit says none", async () => {
    const { lake, table } = await newTable();
    for (let n = 1; n <= 9; n++) await table.append([{ id: `${n}`, city: "Graz", n }]);
    const [action] = (await actionsOf(table, 3)).filter(({ add }) => add !== undefined);
    const { stats: _, ...bare } = action?.["add"] ?? {};
    await commitAs(table, 10, [{ add: { ...bare, path: "city=Graz/other.parquet" } }]);
    expect(await table.detail()).toMatchObject({ rows: null, modifiedAtMs: null });
    expect(await table.detail({ version: 9 })).toMatchObject({ rows: 11 });
    await lake.close();
  });
});
