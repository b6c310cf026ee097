import { describe, expect, test } from "vitest";
import { actionsOf, commitAs, newLake } from "../../../tests/support/lake.ts";
import { int, schema, text } from "../schema.ts";

const plain = schema("names", { id: int(), n: int({ nullable: true }) });

describe("the name of a column", () => {
  test.each(["a b", "a,b", "a;b", "a{b", "a}b", "a(b", "a)b", "a=b"])(
    "%s is refused where it is new",
    async (name) => {
      const lake = await newLake();
      const wide = schema("names", { ...plain.columns, [name]: text({ nullable: true }) });
      const refused = {
        code: "table/unsupported-column",
        message: expect.stringContaining('for example to "a_b"'),
      };
      const row = { id: 1, n: 2, [name]: null };
      await expect(lake.table("a.made", wide).append([row])).rejects.toMatchObject(refused);
      expect(await lake.table("a.made", wide).exists()).toBe(false);
      await lake.table("a.grown", plain).append([{ id: 1, n: 2 }]);
      const grown = lake.table("a.grown", wide);
      await expect(grown.append([row], { evolve: true })).rejects.toMatchObject(refused);
      await expect(grown.overwrite([row], { overwriteSchema: true })).rejects.toMatchObject(
        refused,
      );
      expect(await grown.version()).toBe(0);
    },
  );

  test("stays as it is in a table that another program made, and in queries", async () => {
    const lake = await newLake();
    const made = lake.table("a.names", plain);
    await made.append([{ id: 1, n: 2 }]);
    const [info, protocol, { metaData = {} } = {}] = await actionsOf(made, 0);
    const schemaString = String(metaData["schemaString"]).replaceAll(
      '"name":"n"',
      '"name":"n (old)"',
    );
    await commitAs(made, 0, [info, protocol, { metaData: { ...metaData, schemaString } }]);
    const theirs = schema("names", { id: int(), "n (old)": int({ nullable: true }) });
    const table = lake.table("a.names", theirs);
    await table.append([{ id: 1, "n (old)": 2 }]);
    await table.update(
      (c) => c.id.is(1),
      () => ({ "n (old)": 3 }),
    );
    const wider = schema("names", { ...theirs.columns, more: int({ nullable: true }) });
    await lake.table("a.names", wider).append([{ id: 2, "n (old)": 4, more: 5 }], { evolve: true });
    await lake
      .table("a.names", wider)
      .overwrite([{ id: 2, "n (old)": 4, more: 5 }], { overwriteSchema: true });
    const frame = await lake.sql('SELECT "n (old)" AS "so (it is)" FROM a.names');
    expect(await frame.rows()).toEqual([{ "so (it is)": 4 }]);
  });
});
