import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { int, openLake, schema } from "../index.ts";
import { folderOf, parseThing, refThing, thingOf } from "./names.ts";

const point = schema("point", { x: int() });
const layout = { main: "main", nested: new Set<string>() };

describe("table", () => {
  test("has one spelling with the default catalog and without it", async () => {
    await using lake = await newLake();
    await lake.table("telco.silver", point).append([{ x: 1 }]);
    const same = lake.table("main.telco.silver", point);
    await same.append([{ x: 2 }]);
    expect(same.name).toBe("telco.silver");
    expect(await (await lake.table("telco.silver", point).read()).count()).toBe(2);
    expect(await lake.tables()).toEqual(["telco.silver"]);
    expect(await lake.catalogs()).toEqual(["main"]);
  });

  test("of another catalog is another table, and its catalog and schema are listed", async () => {
    await using lake = await newLake();
    await lake.table("telco.silver", point).append([{ x: 1 }]);
    await lake.table("dev.telco.silver", point).append([{ x: 1 }, { x: 2 }]);
    expect(await lake.tables()).toEqual(["dev.telco.silver", "telco.silver"]);
    expect(await lake.tables("telco")).toEqual(["telco.silver"]);
    expect(await lake.tables("main.telco")).toEqual(["telco.silver"]);
    expect(await lake.tables("dev.telco")).toEqual(["dev.telco.silver"]);
    expect(await lake.catalogs()).toEqual(["dev", "main"]);
    expect(await lake.schemas()).toEqual(["dev.telco", "telco"]);
    expect(await lake.schemas("dev")).toEqual(["dev.telco"]);
  });

  test("is never inside another: telco.silver and telco.silver.x are beside each other", async () => {
    await using lake = await newLake();
    await lake.table("telco.silver", point).append([{ x: 1 }]);
    await lake.table("telco.silver.x", point).append([{ x: 2 }]);
    expect(await readdir(join(lake.path, "tables"))).toEqual(["telco", "telco.silver"]);
    expect(await readdir(join(lake.path, "tables/telco"))).toEqual(["silver"]);
    expect(await lake.tables()).toEqual(["telco.silver", "telco.silver.x"]);
  });

  test.each([
    "silver",
    "a.b.c.d",
    "Telco.silver",
    "telco.sil ver",
    "telco.",
    ".silver",
    "telco..silver",
    "../telco.silver",
    "telco/silver.x",
    "telco.silver\u0000",
    "telco._delta_log",
    "1telco.silver",
    "telco.münchen",
    `telco.${"x".repeat(256)}`,
    `${"c".repeat(200)}.${"s".repeat(60)}.silver`,
  ])("is not called %j", async (name) => {
    await using lake = await newLake();
    expect(() => lake.table(name, point)).toThrow("two or three parts");
    expect(await lake.tables()).toEqual([]);
  });
});

describe("parseThing", () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));

  test("law: the name of a thing is read as the same thing", () => {
    fc.assert(
      fc.property(name, fc.constantFrom("catalog", "schema", "table", "volume"), (text, kind) => {
        const thing = parseThing(layout, kind, text);
        fc.pre(thing !== undefined);
        expect(thingOf(layout, kind, thing.name)).toEqual(thing);
      }),
    );
  });

  test("law: two tables are in the same folder only when they are the same, and none is in another's", () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const [one, two] = [parseThing(layout, "table", a), parseThing(layout, "table", b)];
        fc.pre(one !== undefined && two !== undefined);
        const [here, there] = [folderOf(layout, one), folderOf(layout, two)];
        expect(here === there).toBe(one.name === two.name);
        expect(here.startsWith(`${there}/`)).toBe(false);
      }),
    );
  });

  test("says what a name of each kind looks like", () => {
    expect(() => refThing(layout, { catalog: "a.b" })).toThrow('such as "dev"');
    expect(() => refThing(layout, { schema: "a.b.c" })).toThrow('"telco" or "dev.telco"');
    expect(() => refThing(layout, { volume: "landing" })).toThrow(
      expect.objectContaining({ code: "table/out-of-range-securable" }),
    );
  });

  test("refuses what names nothing or two things", () => {
    for (const ref of [{}, { schema: "a", table: "a.b" }, { view: "a.b" }, { schema: 3 }, null])
      expect(() => refThing(layout, JSON.parse(JSON.stringify(ref)))).toThrow(
        expect.objectContaining({ code: "table/unknown-securable" }),
      );
  });
});

describe("openLake", () => {
  const asFormat1 = async (path: string): Promise<void> =>
    writeFile(join(path, "lake.json"), '{"format":1}\n');

  test("goes on with a lake of format 1, whose three-part tables have a folder for each part", async () => {
    const lake = await newLake();
    await lake.table("telco.silver", point).append([{ x: 1 }]);
    // Where format 1 had dev.telco.silver; a table of the default catalog stands for it.
    const old = { ...lake.place("telco.silver"), folder: "tables/dev/telco/silver" };
    await old.bytes.put(
      `${old.folder}/_delta_log/${"0".repeat(20)}.json`,
      await readFile(join(lake.path, `tables/telco/silver/_delta_log/${"0".repeat(20)}.json`)),
    );
    await asFormat1(lake.path);
    await lake.close();
    for (const gold of [[], ["dev.telco.gold"]]) {
      await using again = await openLake(lake.path);
      expect(await again.tables()).toEqual([...gold, "dev.telco.silver", "telco.silver"]);
      expect(again.table("dev.telco.silver", point).path).toBe(join(lake.path, old.folder));
      expect(await again.table("dev.telco.silver", point).version()).toBe(0);
      await again.table("dev.telco.gold", point).append([{ x: 3 }]);
      expect(await again.tables("dev.telco")).toEqual(["dev.telco.gold", "dev.telco.silver"]);
    }
    const file = await readFile(join(lake.path, "lake.json"), "utf8");
    expect(JSON.parse(file)).toEqual({ format: 2, catalog: "main", nested: ["dev.telco.silver"] });
  });

  test("keeps two tables apart that format 1 called main.telco.silver and telco.silver", async () => {
    const lake = await newLake();
    const log = `_delta_log/${"0".repeat(20)}.json`;
    await lake.table("telco.silver", point).append([{ x: 1 }]);
    const { bytes, folder } = lake.place("telco.silver");
    await bytes.put(`tables/main/telco/silver/${log}`, await bytes.get(`${folder}/${log}`));
    await lake.table("telco.silver", point).append([{ x: 2 }]);
    await asFormat1(lake.path);
    await lake.close();
    await using again = await openLake(lake.path);
    expect(await again.catalogs()).toEqual(["default", "main"]);
    expect(await again.table("main.telco.silver", point).version()).toBe(0);
    expect(await again.table("telco.silver", point).version()).toBe(1);
    expect(await again.table("default.telco.silver", point).version()).toBe(1);
  });
});
