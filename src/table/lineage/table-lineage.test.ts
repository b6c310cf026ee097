import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { actionsOf, commitAs, newLake, removeCommits } from "../../../tests/support/lake.ts";
import {
  bronzeSchema,
  category,
  ingest,
  int,
  type Lake,
  type LineageEnd,
  type Recipe,
  refine,
  rejectionSchema,
  rescuedColumn,
  schema,
  type TableLineage,
  text,
} from "../index.ts";

const points = schema("points", {
  id: int({ key: true }),
  x: int({ nullable: true }),
  y: int({ nullable: true }),
});
const others = schema("others", { key: int(), z: int() });

/** A step's beginning in short: "demo.points.x@0,1", "file a.csv:X", "memory:x". */
function short(end: LineageEnd): string {
  if (end.kind === "table") return `${end.name}.${end.column ?? "*"}@${end.versions.join(",")}`;
  if (end.kind === "file") return `file ${end.names.join(" ")}:${end.column ?? "*"}`;
  return end.kind === "rows" ? `memory:${end.column}` : `${end.name}:${end.column ?? "*"}`;
}

/** What each column, and the rows, are made of: one step back. */
function direct({ columns, rows }: TableLineage): Readonly<Record<string, string>> {
  const all = { ...columns, rows };
  return Object.fromEntries(
    Object.entries(all).map(([name, { from, unknown }]) => [
      name,
      [...from.map(short).sort(), ...(unknown ? ["?"] : [])].join(" "),
    ]),
  );
}

const steps = (edges: TableLineage["upstream"]): readonly string[] =>
  edges.map(({ from, to }) => `${short(from)} → ${to.table}.${to.column ?? "*"}`).sort();

/** A lake with ten points of memory. */
async function pointsLake(): Promise<Lake> {
  const lake = await newLake();
  await lake.table("demo.points", points).append([
    { id: 1, x: 1, y: 2 },
    { id: 2, x: 3, y: null },
  ]);
  return lake;
}

describe("lake.lineage", () => {
  test("rows in memory, queries and frames with conditions are told apart", async () => {
    await using lake = await pointsLake();
    const table = lake.table("demo.copy", points);
    await table.append(
      (await lake.table("demo.points", points).read()).where((c) => c.y.isAbove(0)),
    );
    expect(direct(await lake.lineage("demo.points"))).toEqual({
      id: "memory:id",
      x: "memory:x",
      y: "memory:y",
      rows: "",
    });
    expect(direct(await table.lineage())).toEqual({
      id: "demo.points.id@0",
      x: "demo.points.x@0",
      y: "demo.points.y@0",
      rows: "demo.points.y@0",
    });
    const sums = schema("sums", { s: int({ nullable: true }), n: int({ nullable: true }) });
    const query = "SELECT x + y AS s, count(*) AS n FROM demo.copy GROUP BY s";
    await lake.table("demo.sums", sums).append(await lake.sql(query, { schema: sums }));
    const lineage = await lake.lineage("demo.sums");
    expect(direct(lineage)).toEqual({
      s: "demo.copy.x@0 demo.copy.y@0",
      n: "",
      rows: "demo.copy.x@0 demo.copy.y@0",
    });
    expect(steps(lineage.upstream)).toEqual([
      "demo.copy.x@0 → demo.sums.*",
      "demo.copy.x@0 → demo.sums.s",
      "demo.copy.y@0 → demo.sums.*",
      "demo.copy.y@0 → demo.sums.s",
      "demo.points.id@0 → demo.copy.id",
      "demo.points.x@0 → demo.copy.x",
      "demo.points.y@0 → demo.copy.*",
      "demo.points.y@0 → demo.copy.y",
      "memory:id → demo.points.id",
      "memory:x → demo.points.x",
      "memory:y → demo.points.y",
    ]);
    const { downstream } = await lake.lineage("main.demo.points");
    expect(steps(downstream)).toContain("demo.points.y@0 → demo.copy.*");
    expect(steps(downstream)).toContain("demo.copy.x@0 → demo.sums.s");
    expect((await lake.lineage("demo.points", { downstream: false })).downstream).toEqual([]);
  });

  test("it stands in the commit, beside what other programs read", async () => {
    await using lake = await pointsLake();
    const table = lake.table("demo.copy", points);
    await table.append(await lake.table("demo.points", points).read());
    const [{ commitInfo } = {}] = await actionsOf(table, 0);
    expect(commitInfo).toMatchObject({
      operation: "WRITE",
      lineage: {
        format: 1,
        effect: "add",
        sources: [{ kind: "table", name: "demo.points", version: 0, id: expect.any(String) }],
        same: { sources: [0], columns: ["id", "x", "y"] },
      },
    });
  });

  test("a merge comes from its source and its key, an update and a deletion from the table itself", async () => {
    await using lake = await pointsLake();
    const table = lake.table("demo.points", points);
    await lake.table("demo.others", others).append([{ key: 2, z: 9 }]);
    await table.mergeWhen(await lake.table("demo.others", others).read(), {
      on: (t, s) => t.id.is(s.key),
      matched: [{ condition: (t) => t.x.isAbove(0), set: (t, s) => ({ y: t.x.plus(s.z) }) }],
      notMatched: [{ values: (s) => ({ id: s.key, x: s.z }) }],
    });
    expect(direct(await table.lineage())).toEqual({
      id: "demo.others.key@0 memory:id",
      x: "demo.others.z@0 memory:x",
      y: "demo.others.z@0 demo.points.x@0 memory:y",
      rows: "demo.others.key@0 demo.points.id@0 demo.points.x@0",
    });
    await table.update(
      (c) => c.y.isAbove(0),
      (c) => ({ x: c.id.times(2) }),
    );
    await table.delete((c) => c.id.is(1));
    const after = direct(await table.lineage());
    expect(after["x"]).toBe("demo.others.z@0 demo.points.id@1 memory:x");
    expect(after["rows"]).toBe(
      "demo.others.key@0 demo.points.id@0,2 demo.points.x@0 demo.points.y@1",
    );
    await table.merge([{ id: 5, x: 1, y: 1 }], { on: ["id"] });
    expect(direct(await table.lineage())["rows"]).toContain("memory:id");
  });

  test("an overwrite begins anew, one of some rows adds, and a restore takes back", async () => {
    await using lake = await pointsLake();
    const table = lake.table("demo.points", points);
    const source = await lake
      .sql("SELECT key AS id, z AS x, NULL AS y FROM demo.others", { schema: points })
      .catch(() => undefined);
    expect(source).toBeUndefined();
    await lake.table("demo.others", others).append([{ key: 2, z: 9 }]);
    const fresh = () =>
      lake.sql("SELECT key AS id, z AS x, NULL::BIGINT AS y FROM demo.others", { schema: points });
    await table.overwrite(await fresh());
    const own = { id: "demo.others.key@0", x: "demo.others.z@0", y: "", rows: "" };
    expect(direct(await table.lineage())).toEqual(own);
    await table.overwrite(await fresh(), { where: (c) => c.id.is(2) });
    expect(direct(await table.lineage())).toEqual({ ...own, rows: "demo.points.id@1" });
    expect(direct(await table.lineage({ version: 0 }))["x"]).toBe("memory:x");
    await table.restore({ version: 0 });
    expect(direct(await table.lineage())).toEqual({
      id: "memory:id",
      x: "memory:x",
      y: "memory:y",
      rows: "",
    });
    await table.optimize({ clusterBy: ["x"] });
    await table.delete();
    expect(direct(await table.lineage())).toEqual({
      id: "",
      x: "",
      y: "",
      rows: "",
    });
  });

  test("files, cleaning and queries make one chain, to the columns of the files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-lineage-"));
    try {
      await using lake = await newLake();
      await writeFile(join(folder, "people-1.csv"), "ID,Age,Plan\na,34,basic\nb,-1,plus\n");
      await writeFile(join(folder, "people-2.csv"), "ID,Age,Plan\nc,41,plus\n");
      const raw = bronzeSchema("bronze", ["ID", "Age", "Plan"]);
      await ingest(lake, { from: folder, into: lake.table("demo.bronze", raw) });
      const people = schema("people", {
        id: text({ key: true }),
        age: int({ nullable: true }),
        plan: category(["basic", "plus"], { nullable: true }),
        ...rescuedColumn,
      });
      const recipe: Recipe<typeof people.columns> = {
        name: "people",
        names: "snake_case",
        steps: [
          { do: "rule", when: (c) => c.age.isBelow(0), action: "remove", why: "no age below 0" },
        ],
      };
      const bronze = lake.table("demo.bronze", raw);
      const silver = lake.table("demo.silver", people);
      const quarantine = lake.table("demo.rejected", rejectionSchema);
      await refine({ from: bronze, into: silver, recipe, on: ["id"], quarantine });
      const gold = schema("gold", {
        plan: text({ nullable: true }),
        oldest: int({ nullable: true }),
      });
      const query = "SELECT plan, max(age) AS oldest FROM demo.silver GROUP BY plan";
      await lake.table("demo.gold", gold).append(await lake.sql(query, { schema: gold }));

      const lineage = await lake.lineage("demo.gold");
      expect(direct(lineage)).toEqual({
        plan: "demo.silver.plan@0",
        oldest: "demo.silver.age@0",
        rows: "demo.silver.plan@0",
      });
      const chain = steps(lineage.upstream);
      expect(chain).toContain("demo.bronze.Age@1 → demo.silver.age");
      expect(chain).toContain("demo.bronze.Age@1 → demo.silver.*");
      expect(chain).toContain("demo.bronze._is_processed@1 → demo.silver.*");
      expect(chain).toContain("file people-1.csv people-2.csv:Age → demo.bronze.Age");
      expect(lineage.unrecorded).toEqual([]);
      expect(direct(await lake.lineage("demo.rejected"))).toMatchObject({
        _cells: expect.stringContaining("demo.bronze.Plan@1"),
        _rule: "demo.bronze.Age@1",
      });
      const below = await lake.lineage("demo.bronze");
      expect(new Set(below.downstream.map(({ to }) => to.table))).toEqual(
        new Set(["demo.silver", "demo.rejected", "demo.gold"]),
      );
      expect(direct(below)["_is_processed"]).toBe("");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("what others wrote is unknown, and says which versions brought it", async () => {
    await using lake = await pointsLake();
    const table = lake.table("demo.points", points);
    const add = (await actionsOf(table, 0)).find((action) => action["add"])?.["add"];
    await commitAs(table, 1, [
      {
        commitInfo: {
          timestamp: 1,
          operation: "WRITE",
          engineInfo: "another",
          lineage: { format: 1, effect: "add", same: 3 },
        },
      },
      { add: { ...add, path: `${add?.["path"]}?again`, dataChange: true } },
    ]);
    const lineage = await lake.lineage("demo.points");
    expect(direct(lineage)).toEqual({
      id: "memory:id ?",
      x: "memory:x ?",
      y: "memory:y ?",
      rows: "?",
    });
    expect(lineage.unrecorded).toEqual([
      { table: "demo.points", version: 1, operation: "WRITE", engine: "another" },
    ]);
  });

  test("a log that was cut does not say what came before", async () => {
    await using lake = await newLake();
    const table = lake.table("demo.points", points);
    for (let id = 0; id < 12; id++) await table.append([{ id, x: 1, y: 1 }]);
    await removeCommits(table, 0, 9);
    const lineage = await table.lineage();
    expect(direct(lineage)["x"]).toBe("memory:x ?");
    expect(lineage.unrecorded).toEqual([
      { table: "demo.points", version: 9, operation: "earlier versions", engine: null },
    ]);
  });

  test("a source that was dropped, or made anew, is told and not followed", async () => {
    await using lake = await pointsLake();
    await lake.table("demo.copy", points).append(await lake.table("demo.points", points).read());
    await lake.drop("demo.points");
    const gone = await lake.lineage("demo.copy");
    expect(gone.gone).toEqual(["demo.points"]);
    expect(direct(gone)["x"]).toBe("demo.points.x@0");
    await lake.table("demo.points", points).append([{ id: 7, x: 7, y: 7 }]);
    expect((await lake.lineage("demo.copy")).gone).toEqual(["demo.points"]);
    expect((await lake.lineage("demo.points")).downstream).toEqual([]);
  });

  test("tables that read each other end", async () => {
    await using lake = await pointsLake();
    const [a, b] = [lake.table("demo.points", points), lake.table("demo.b", points)];
    await b.append(await a.read());
    await a.append(await b.read());
    await b.append(await a.read());
    expect(direct(await a.lineage())["x"]).toBe("demo.b.x@0 memory:x");
    expect(direct(await b.lineage())["x"]).toBe("demo.points.x@0,1");
    expect(steps((await a.lineage()).downstream)).toContain("demo.points.x@0,1 → demo.b.x");
  });

  test("rules that drop rows decide which there are", async () => {
    await using lake = await newLake();
    const table = lake.table("demo.points", points, {
      expectations: {
        quarantine: "demo.dropped",
        rules: [
          {
            name: "x_there",
            action: "drop",
            mostly: 1,
            columns: ["x"],
            looked: "true",
            broken: "x IS NULL",
          },
        ],
      },
    } as never);
    await table.append([
      { id: 1, x: 1, y: 1 },
      { id: 2, x: null, y: 1 },
    ]);
    expect(direct(await table.lineage())["rows"]).toBe("memory:x");
    expect(await table.lineage()).toMatchObject({ quarantine: "demo.dropped" });
    expect(direct(await lake.lineage("demo.dropped"))).toMatchObject({
      y: "memory:y",
      _rule: "memory:x",
    });
  });

  test("a table that is not there is told", async () => {
    await using lake = await pointsLake();
    await expect(lake.lineage("demo.point")).rejects.toMatchObject({ code: "table/missing-table" });
    await expect(lake.lineage("demo.points", { version: 3 })).rejects.toMatchObject({
      code: "table/missing-version",
    });
  });
});
