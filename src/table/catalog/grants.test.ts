import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { steppingClock } from "../../core/index.ts";
import { int, type Lake, openLake, parsePrivilege, schema } from "../index.ts";

const point = schema("point", { x: int() });

async function telco(): Promise<Lake> {
  const lake = await newLake({ actor: "root", clock: steppingClock(1000, 1) });
  await lake.table("telco.silver", point).append([{ x: 1 }]);
  await lake.create({ volume: "telco.landing" });
  return lake;
}

describe("grant", () => {
  test("holds for what is inside, once the catalog and the schema may be used", async () => {
    await using lake = await telco();
    await lake.grant({ to: "analysts", privilege: "select", on: { schema: "telco" } });
    const asked = { to: ["ada", "analysts"], privilege: "select", on: "telco.silver" } as const;
    expect(await lake.isAllowed(asked)).toBe(false);
    expect(await lake.missingGrants(asked)).toEqual([
      { privilege: "use schema", on: { schema: "telco" } },
      { privilege: "use catalog", on: { catalog: "main" } },
    ]);
    await lake.grant({
      ...{ to: "analysts", privilege: ["use catalog", "use schema"], on: { catalog: "main" } },
    });
    expect(await lake.isAllowed(asked)).toBe(true);
    expect(await lake.isAllowed({ ...asked, privilege: ["select", "modify"] })).toBe(false);
    expect(await lake.isAllowed({ ...asked, to: "ada" })).toBe(false);
  });

  test("says who granted what, where and when, and for a thing also what comes from above", async () => {
    await using lake = await telco();
    await lake.grant({ to: "etl", privilege: "write volume", on: { volume: "telco.landing" } });
    await lake.grant({ to: "ada", privilege: ["select", "use schema"], on: { schema: "telco" } });
    const row = { to: "ada", on: { schema: "telco" }, actor: "root" };
    expect(await lake.grants({ on: "telco.silver" })).toEqual([
      { ...row, privilege: "select", atMs: expect.any(Number) },
    ]);
    expect(await lake.grants({ to: "etl" })).toMatchObject([{ privilege: "write volume" }]);
    expect((await lake.grants()).map(({ to }) => to)).toEqual(["etl", "ada", "ada"]);
  });

  test("twice is once, and outlives the process", async () => {
    const lake = await telco();
    const task = { to: "ada", privilege: "modify", on: "telco.silver" } as const;
    await lake.grant(task);
    const entries = (await lake.audit()).length;
    await lake.grant(task);
    await lake.grant({ ...task, on: { table: "main.telco.silver" } });
    expect(await lake.audit()).toHaveLength(entries);
    await lake.close();
    await using again = await openLake(lake.path);
    expect(await again.grants()).toHaveLength(1);
  });

  test("refuses what is not there, with the nearest that is", async () => {
    await using lake = await telco();
    const to = "ada";
    await expect(lake.grant({ to, privilege: "select", on: "telco.slver" })).rejects.toThrow(
      'Did you mean "telco.silver"?',
    );
    const refused = async (work: Promise<void>, code: string): Promise<void> =>
      expect(work).rejects.toMatchObject({ code });
    await refused(
      lake.grant({ to, privilege: "use schema", on: { schema: "telko" } }),
      "table/missing-schema",
    );
    await refused(
      lake.grant({ to, privilege: "use catalog", on: { catalog: "prod" } }),
      "table/missing-catalog",
    );
    await refused(
      lake.grant({ to, privilege: "read volume", on: { volume: "telco.out" } }),
      "table/missing-volume",
    );
    expect(await lake.grants()).toEqual([]);
  });

  test.each(["", " ada", "ada\n", "a".repeat(256), "\ud800"])("is not to %j", async (to) => {
    await using lake = await telco();
    await expect(lake.grant({ to, privilege: "select", on: "telco.silver" })).rejects.toMatchObject(
      { code: "table/out-of-range-text" },
    );
  });

  test("takes any other name as it is", async () => {
    await using lake = await telco();
    for (const to of ["__proto__", "constructor", "ada@example.com", "Ärzte & Söhne", "../../x"]) {
      await lake.grant({ to, privilege: "select", on: "telco.silver" });
      expect(await lake.grants({ to })).toHaveLength(1);
    }
  });
});

describe("revoke", () => {
  test("takes a grant back where it was made", async () => {
    await using lake = await telco();
    await lake.grant({ to: "ada", privilege: ["select", "modify"], on: "telco.silver" });
    await lake.revoke({ to: "ada", privilege: "select", on: "telco.silver" });
    expect((await lake.grants()).map(({ privilege }) => privilege)).toEqual(["modify"]);
  });

  test("says where a grant was made when it was not made there", async () => {
    await using lake = await telco();
    await lake.grant({ to: "ada", privilege: "select", on: { schema: "telco" } });
    const work = lake.revoke({ to: "ada", privilege: "select", on: "telco.silver" });
    await expect(work).rejects.toThrow('it was granted on "schema telco": revoke it there');
    await expect(
      lake.revoke({ to: "eve", privilege: "select", on: "telco.silver" }),
    ).rejects.toMatchObject({ code: "table/missing-grant" });
  });
});

describe("parsePrivilege", () => {
  test("reads the spellings that people know", () => {
    for (const text of ["USE SCHEMA", "use_schema", "Use-Schema", " use  schema "])
      expect(parsePrivilege(text, "catalog")).toBe("use schema");
  });

  test("says which privileges a kind has", () => {
    expect(() => parsePrivilege("SELECT", "volume")).toThrow('"read volume", "write volume"');
    expect(() => parsePrivilege("selct", "table")).toThrow('Did you mean "select"?');
    expect(() => parsePrivilege("constructor", "table")).toThrow(
      expect.objectContaining({ code: "table/unknown-privilege" }),
    );
  });
});
