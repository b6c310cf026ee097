import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { landing } from "../../../tests/support/landing.ts";
import { float, int, schema, text } from "../schema.ts";
import { keptColumn } from "./bronze.ts";
import { ingest } from "./ingest.ts";
import type { Evolution, IngestTask } from "./options.ts";
import { schemaLog } from "./schema-log.ts";

const into = "shop.orders";
const first = { "a.csv": "id,price\n1,2.5\n2,3\n" };
const wider = { "b.csv": "id,price,note\n3,4,late\n" };
const changed = { "b.csv": "id,price\n3,many\n4,5\n" };

/** Loads one file, then another with an evolution mode. */
async function evolve(evolution: Evolution, second: Readonly<Record<string, string>>) {
  const place = await landing(first);
  const task: IngestTask = { from: place.from, into, types: "infer", technical: false };
  await ingest(place.lake, task);
  await place.land(second);
  const done = ingest(place.lake, { ...task, evolution });
  return { place, done };
}

describe("a header that a table may not have", () => {
  const odd = 'id,Name (old),"Total, net",=\n1,Ann,2.5,x\n';
  const columns = ["id", "Name_old", "Total_net", "column4", "_rescued"];

  test("makes columns without the signs, and finds them again by either name", async () => {
    await using place = await landing();
    const load = async (name: string, content: string, more: Partial<IngestTask> = {}) => {
      await place.land({ [name]: content });
      const from = join(place.from, name);
      const [file] = (
        await ingest(place.lake, {
          from,
          into: "shop.odd",
          types: "infer",
          technical: false,
          ...more,
        })
      ).files;
      return file;
    };
    expect(await load("1.csv", odd)).toMatchObject({ state: "loaded", rows: 1 });
    const second = "id,Name_old,Total net,=,more (new)\n2,Bob,3,y,z\n";
    expect(await load("2.csv", second)).toMatchObject({ state: "loaded", added: ["more_new"] });
    const table = await place.lake.schemaOf("shop.odd");
    expect(Object.keys(table.columns)).toEqual([...columns, "more_new"]);
    const select = '"Name_old" AS a, "Total_net" AS b, column4 AS c, more_new AS d';
    expect(await place.rows("shop.odd", select)).toEqual([
      { a: "Ann", b: 2.5, c: "x", d: null },
      { a: "Bob", b: 3, c: "y", d: "z" },
    ]);
    const whole = odd.replace(",=", ",=,more (new)").replace(",x", ",x,1");
    expect(await load("3.csv", whole, { evolution: "fail" })).toMatchObject({ state: "loaded" });
    const twins = load("4.csv", "id,a b,a_b\n1,2,3\n", { into: "shop.twins" });
    await expect(twins).rejects.toMatchObject({
      code: "table/duplicate-column",
      details: { columns: ["a_b"] },
    });
  });
});

describe("evolution", () => {
  test("add: a new column is added to the table, and missing in the rows before", async () => {
    const { place, done } = await evolve("add", wider);
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ state: "loaded", rows: 1, added: ["note"] });
    expect(await place.rows(into)).toEqual([
      { id: 1, price: 2.5, _rescued: null, note: null },
      { id: 2, price: 3, _rescued: null, note: null },
      { id: 3, price: 4, _rescued: null, note: "late" },
    ]);
    expect(await schemaLog(place.lake, into)).toMatchObject([
      { version: 0, file: "a.csv", evolution: "add", added: [], columns: [{ name: "id", kind: "int" }, { name: "price", kind: "float" }, { name: "_rescued", kind: "text" }] },
      { version: 1, file: "b.csv", added: ["note"], columns: [{}, {}, {}, { name: "note", kind: "text" }] },
    ]); // biome-ignore format: a table
  });

  test("add: a changed type leaves the column as it is and keeps the cell aside", async () => {
    const { place, done } = await evolve("add", changed);
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ rows: 2, rescued: 1, added: [] });
    const rows = await place.rows(into);
    expect(rows[2]).toEqual({
      id: 3,
      price: null,
      _rescued: '{"price":"many","_source_file":"b.csv"}',
    });
    expect(rows[3]).toEqual({ id: 4, price: 5, _rescued: null });
    expect((await schemaLog(place.lake, into))[1]).toMatchObject({
      version: 1,
      file: "b.csv",
      misfits: ["price"],
      added: [],
    });
  });

  test("a fraction beyond what a double tells is no whole number, and a large whole number is one", async () => {
    const large = "9007199254740991";
    const { place, done } = await evolve("add", {
      "b.csv": `id,price\n${large},1\n4503599627370497.5,2\n8796093022208.000,3\n1e3,4\n`,
    });
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ state: "loaded", rows: 4, rescued: 1 });
    const rows = await place.rows(into);
    expect(rows.slice(2).map((row) => row["id"])).toEqual([Number(large), null, 2 ** 43, 1000]);
    expect(rows[3]?.["_rescued"]).toContain('"id":"4503599627370497.5"');
  });

  test("rescue: cells of a new column are kept aside, and the table stays as it is", async () => {
    const { place, done } = await evolve("rescue", wider);
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ rows: 1, rescued: 1, unexpected: ["note"] });
    expect((await place.rows(into))[2]).toEqual({
      id: 3,
      price: 4,
      _rescued: '{"note":"late","_source_file":"b.csv"}',
    });
    expect((await schemaLog(place.lake, into))[1]).toMatchObject({
      unexpected: ["note"],
      misfits: [],
    });
  });

  test("rescue: a changed type keeps the cell aside", async () => {
    const { place, done } = await evolve("rescue", changed);
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ rows: 2, rescued: 1 });
  });

  test("fail: a new column refuses the file", async () => {
    const { place, done } = await evolve("fail", wider);
    await using _ = place;
    await expect(done).rejects.toMatchObject({
      code: "table/mismatch-header",
      details: { extra: ["note"] },
    });
    expect(await place.rows(into)).toHaveLength(2);
    expect(await schemaLog(place.lake, into)).toHaveLength(1);
  });

  test("fail: a changed type refuses the file, and says which cell", async () => {
    const { place, done } = await evolve("fail", changed);
    await using _ = place;
    await expect(done).rejects.toMatchObject({
      code: "table/mismatch-cell-type",
      details: { row: 1, column: "price", kind: "float", got: "many" },
    });
    expect(await place.rows(into)).toHaveLength(2);
  });

  test("ignore: a new column is left out, and the report names it", async () => {
    const { place, done } = await evolve("ignore", wider);
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ rows: 1, rescued: 0, unexpected: ["note"] });
    expect((await place.rows(into))[2]).toEqual({ id: 3, price: 4, _rescued: null });
  });

  test("ignore: a changed type makes the cell missing, and the report counts it", async () => {
    const { place, done } = await evolve("ignore", changed);
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ rows: 2, rescued: 0, ignored: 1 });
    expect((await place.rows(into))[2]).toEqual({ id: 3, price: null, _rescued: null });
  });

  test("takes a column that a file lacks for missing, and one in other case for the same", async () => {
    const { place, done } = await evolve("add", { "b.csv": "ID\n9\n" });
    await using _ = place;
    expect((await done).files[1]).toMatchObject({ rows: 1, added: [] });
    expect((await place.rows(into))[2]).toEqual({ id: 9, price: null, _rescued: null });
  });

  test("gives the cells of a table with its schema the schema's types", async () => {
    await using place = await landing({ "a.csv": "id,price\n1,2\nx,1.5\n" });
    const orders = schema("orders", { id: int({ nullable: true }), price: float(), ...keptColumn });
    const report = await ingest(place.lake, {
      from: place.from,
      into: place.lake.table(into, orders),
      evolution: "rescue",
    });
    expect(report.files[0]).toMatchObject({ rows: 2, rescued: 1 });
    const bare = schema("bare", { id: text({ nullable: true }) });
    const task = { from: place.from, into: place.lake.table("shop.bare", bare) };
    await expect(ingest(place.lake, { ...task, evolution: "rescue" })).rejects.toMatchObject({
      code: "table/missing-rescued",
    });
  });

  test("reports a column without a value, which is text", async () => {
    await using place = await landing({ "a.csv": "id,gone\n1,\n2,\n" });
    const report = await ingest(place.lake, { from: place.from, into, types: "infer" });
    expect(report.files[0]?.empty).toEqual(["gone"]);
    expect((await place.lake.schemaOf(into)).columns["gone"]).toMatchObject({ kind: "text" });
  });

  test("keeps cells as delivered when types are not asked for", async () => {
    await using place = await landing({ "a.csv": "id,price\n007, 2.50\n" });
    await ingest(place.lake, { from: place.from, into });
    expect(await place.rows(into, "id, price")).toEqual([{ id: "007", price: " 2.50" }]);
  });

  test("refuses options that are not there or out of range", async () => {
    await using place = await landing(first);
    const bad = { from: place.from, into, colour: "red" };
    await expect(ingest(place.lake, bad)).rejects.toMatchObject({ code: "option/unknown-name" });
    for (const options of [
      { maxFilesPerBatch: 0 },
      { limits: { rowBytes: 1 } },
      { csv: { delimiter: "" } },
    ])
      await expect(
        ingest(place.lake, { from: place.from, into, ...options }),
      ).rejects.toMatchObject({ code: "option/out-of-range" });
  });
});
