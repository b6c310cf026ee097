import { describe, expect, test } from "vitest";
import { actionsOf, dataFiles, newLake } from "../../../tests/support/lake.ts";
import { int, schema, text } from "../schema.ts";

const towns = schema("towns", { id: int(), town: text({ nullable: true }) });

describe("the folder of a partition", () => {
  test("is named as Hive does for a plain value, and for any other needs no escaping", async () => {
    const lake = await newLake();
    const table = lake.table("a.towns", towns, { partitionBy: ["town"] });
    const plain = ["Graz", "a_b", "2024-01-31", "1.5", null];
    const odd = ["São Paulo", "100%", "a/b", "x=y", "..", "a.", " ", "~", "a:b", "x".repeat(300)];
    await table.append([...plain, ...odd].map((town, id) => ({ id, town })));
    const folders = (await dataFiles(table)).map((path) => path.split("/")[0] ?? "");
    expect(folders.filter((name) => name.includes("=")).toSorted()).toEqual([
      "town=1.5",
      "town=2024-01-31",
      "town=Graz",
      "town=__HIVE_DEFAULT_PARTITION__",
      "town=a_b",
    ]);
    const others = folders.filter((name) => !name.includes("="));
    expect(new Set(others).size).toBe(odd.length);
    for (const name of others) expect(name).toMatch(/^part-[0-9a-f]{16}$/);
    const adds = (await actionsOf(table, 0)).flatMap(({ add }) => (add === undefined ? [] : [add]));
    expect(adds.map(({ path }) => decodeURIComponent(String(path)))).toEqual(
      adds.map(({ path }) => path),
    );
    for (const town of odd)
      expect(await (await table.read({ where: (c) => c.town.is(town) })).count(), town).toBe(1);
    await table.append([{ id: 99, town: "a/b" }]);
    expect(new Set((await dataFiles(table)).map((path) => path.split("/")[0])).size).toBe(
      plain.length + odd.length,
    );
  });
});
