import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { steppingClock } from "../../core/index.ts";
import { int, type Lake, openLake, schema, text } from "../index.ts";

const customers = schema("customers", { id: text({ key: true }), tenure: int({ nullable: true }) });

const open = (): Promise<Lake> => newLake({ actor: "ada", clock: steppingClock(5000) });

describe("create", () => {
  test("makes catalogs, schemas and volumes with a comment, tags and an owner", async () => {
    await using lake = await open();
    await lake.create({ catalog: "dev" }, { comment: "for trying" });
    await lake.create({ schema: "dev.telco" }, { tags: { layer: "silver" }, owner: "engineers" });
    await lake.create({ volume: "dev.telco.landing" });
    expect(await lake.catalogs()).toEqual(["dev", "main"]);
    expect(await lake.schemas("dev")).toEqual(["dev.telco"]);
    expect(await lake.volumes("dev.telco")).toEqual(["dev.telco.landing"]);
    expect(await lake.describe({ schema: "dev.telco" })).toEqual({
      ...{ kind: "schema", name: "dev.telco", comment: null, tags: { layer: "silver" } },
      ...{ owner: "engineers", created: { atMs: 5000, actor: "ada" } },
    });
    expect((await lake.describe({ catalog: "dev" })).owner).toBe("ada");
  });

  test("does not make a thing twice, unless it is asked to be there", async () => {
    await using lake = await open();
    await lake.create({ schema: "telco" }, { comment: "first" });
    await expect(lake.create({ schema: "main.telco" })).rejects.toMatchObject({
      code: "table/duplicate-securable",
    });
    await lake.create({ schema: "telco" }, { comment: "second", ifMissing: true });
    expect((await lake.describe({ schema: "telco" })).comment).toBe("first");
    await expect(lake.create({ catalog: "main" })).rejects.toMatchObject({
      code: "table/duplicate-securable",
    });
  });
});

describe("annotate", () => {
  test("sets comments, tags and owners, of columns too, and takes them away", async () => {
    await using lake = await open();
    await lake.table("telco.silver", customers).append([{ id: "a", tenure: 1 }]);
    await lake.annotate("telco.silver", { comment: "one row per customer", owner: "engineers" });
    await lake.annotate("telco.silver", { tags: { pii: "yes", layer: "silver" } });
    await lake.annotate({ table: "telco.silver", column: "tenure" }, { comment: "in months" });
    await lake.annotate({ table: "telco.silver", column: "id" }, { tags: { pii: "yes" } });
    await lake.annotate("telco.silver", { tags: { pii: null } });
    expect(await lake.describeTable("telco.silver")).toMatchObject({
      ...{ comment: "one row per customer", tags: { layer: "silver" }, owner: "engineers" },
      ...{ version: 0, rows: 1, files: 1, sizeBytes: expect.any(Number) },
      columns: [
        { name: "id", kind: "text", nullable: false, comment: null, tags: { pii: "yes" } },
        { name: "tenure", kind: "int", nullable: true, comment: "in months", tags: {} },
      ],
    });
    await lake.annotate("telco.silver", { comment: null, owner: null });
    expect(await lake.describe("telco.silver")).toMatchObject({ comment: null, owner: null });
  });

  test("names of an object's own properties are tags like others", async () => {
    await using lake = await open();
    await lake.create({ schema: "telco" });
    const tags = JSON.parse('{"__proto__":"a","constructor":"b"}');
    await lake.annotate({ schema: "telco" }, { tags });
    await using again = await openLake(lake.path);
    expect(JSON.stringify((await again.describe({ schema: "telco" })).tags)).toBe(
      '{"__proto__":"a","constructor":"b"}',
    );
  });

  test("refuses things and columns that are not there, and what is too much", async () => {
    await using lake = await open();
    await lake.table("telco.silver", customers).append([{ id: "a", tenure: 1 }]);
    const on = { table: "telco.silver", column: "tenur" };
    await expect(lake.annotate(on, { comment: "x" })).rejects.toThrow('Did you mean "tenure"?');
    await expect(lake.annotate({ schema: "shop" }, { comment: "x" })).rejects.toMatchObject({
      code: "table/missing-schema",
    });
    const refuse = async (notes: object): Promise<void> =>
      expect(lake.annotate("telco.silver", notes)).rejects.toMatchObject({
        code: "table/out-of-range-text",
      });
    await refuse({ comment: "x".repeat(10_001) });
    await refuse({ comment: 3 });
    await refuse({ tags: { "": "x" } });
    await refuse({ tags: { a: "x".repeat(1001) } });
    await refuse({ tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`t${i}`, ""])) });
    await expect(lake.annotate("telco.silver", JSON.parse('{"coment":"x"}'))).rejects.toMatchObject(
      {
        code: "option/unknown-name",
      },
    );
  });
});

describe("find", () => {
  test("says what a name stands for, and asks where it could be several things", async () => {
    await using lake = await open();
    await lake.table("telco.silver", customers).append([{ id: "a", tenure: 1 }]);
    await lake.create({ volume: "telco.landing" });
    expect(await lake.find("telco")).toEqual({ schema: "telco" });
    expect(await lake.find("main")).toEqual({ catalog: "main" });
    expect(await lake.find("main.telco.silver")).toEqual({ table: "telco.silver" });
    expect(await lake.find("telco.landing")).toEqual({ volume: "telco.landing" });
    await lake.create({ catalog: "telco" });
    await expect(lake.find("telco")).rejects.toMatchObject({ code: "table/conflict-name" });
    await expect(lake.find("telco")).rejects.toThrow('"catalog:telco", "schema:telco"');
    expect(await lake.find("catalog:telco")).toEqual({ catalog: "telco" });
    await expect(lake.find("telco.slver")).rejects.toThrow('Did you mean "telco.silver"?');
    await expect(lake.find("../telco")).rejects.toMatchObject({
      code: "table/missing-securable",
    });
  });
});
