import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { landing, writeParquet } from "../../../tests/support/landing.ts";
import { int, schema, text, timestamp } from "../schema.ts";
import { ingest } from "./ingest.ts";

const into = "shop.events";

describe("a cell", () => {
  const readings = schema("readings", {
    n: int({ nullable: true }),
    at: timestamp({ nullable: true }),
    _rescued: text({ nullable: true }),
  });
  const [lines, expected] = [
    ["1_000,2026-01-01 24:00:00", "3.0,2026-01-01T10:00:00.123456789Z", "1e3,2026-01-01 10:00:00+02:00"],
    [[1000, "2026-01-02T00:00:00.000Z"], [3, "2026-01-01T10:00:00.123Z"], [1000, "2026-01-01T08:00:00.000Z"]],
  ]; // biome-ignore format: tables

  test.each([
    ["all fit", "", undefined],
    ["a fraction of 1e-17 does not fit", "0.99999999999999999,", { n: "0.99999999999999999" }],
    ["a day that is none does not fit", ",2026-02-30", { at: "2026-02-30" }],
  ])("is read the same in a file in which %s", async (_, odd, kept) => {
    const body = `n,at\n${[...lines, ...(odd === "" ? [] : [odd])].join("\n")}\n`;
    await using place = await landing({ "a.csv": body });
    const into = { name: "shop.readings", schema: readings };
    const report = await ingest(place.lake, { from: place.from, into, evolution: "rescue" });
    expect(report.files).toMatchObject([{ rescued: kept === undefined ? 0 : 1 }]);
    const rows = await place.rows("shop.readings", 'n, "at", _rescued');
    expect(rows.slice(0, 3).map(({ n, at }) => [n, (at as Date).toISOString()])).toEqual(expected);
    const rescued = rows.at(3)?.["_rescued"];
    expect(rescued && JSON.parse(`${rescued}`)).toEqual(kept && { ...kept, _source_file: "a.csv" });
  });
});

describe("delimiters", () => {
  const into = "shop.orders";
  test.each([
    ["semicolons", "id;n\n1;2\n2;3\n", ";"],
    ["tabs", "id\tn\r\n1\t2\r\n", "\t"],
    ["bars, with a comma in quotes", 'id|"a|b, c"\n1|2\n', "|"],
  ])("a file with %s is refused, unless its delimiter is named", async (_, body, delimiter) => {
    await using place = await landing({ "a.csv": body });
    const task = { from: place.from, into };
    const refused = { code: "table/mismatch-delimiter", details: { found: delimiter } };
    if (!body.includes(",")) await expect(ingest(place.lake, task)).rejects.toMatchObject(refused);
    await ingest(place.lake, { ...task, csv: { delimiter } });
    expect(Object.keys((await place.lake.schemaOf(into)).columns).length).toBe(2 + 6);
  });

  test("one column stays one where the lines do not agree, or the comma is named", async () => {
    for (const body of ["a;b\n1\n", "a;b\n1;2;3\n", "note\na;b\n"]) {
      await using place = await landing({ "a.csv": body });
      expect((await ingest(place.lake, { from: place.from, into })).rows).toBe(1);
    }
    await using place = await landing({ "a.csv": "a;b\n1;2\n" });
    const meant = { from: place.from, into, csv: { delimiter: "," } };
    expect((await ingest(place.lake, meant)).rows).toBe(1);
  });

  test("one file that ends in .tsv is parted by tabs", async () => {
    await using place = await landing({ "a.tsv": "id\tn\n1\t2\n" });
    await ingest(place.lake, { from: `${place.from}/a.tsv`, into, technical: false });
    expect(await place.rows(into, "id, n")).toEqual([{ id: "1", n: "2" }]);
  });
});

describe("formats", () => {
  test("JSON lines: numbers, booleans and times are typed, nested values stay JSON", async () => {
    const lines = [
      '{"id":1,"at":"2024-05-01T10:00:00Z","ok":true,"tags":["a",{"b":1}],"zip":"007"}',
      "",
      '{"id":2,"extra":1.5,"zip":"12"}',
    ];
    await using place = await landing({ "a.jsonl": `${lines.join("\n")}\n` });
    await ingest(place.lake, { from: place.from, into, format: "json", types: "infer" });
    expect(await place.rows(into, 'id, "at", ok, tags, zip, extra')).toEqual([
      { id: 1, at: new Date("2024-05-01T10:00:00Z"), ok: true, tags: '["a",{"b":1}]', zip: "007", extra: null },
      { id: 2, at: null, ok: null, tags: null, zip: "12", extra: 1.5 },
    ]); // biome-ignore format: a table
  });

  test("JSON lines: a cell of another type is kept aside, and a new key adds a column", async () => {
    await using place = await landing({ "a.json": '{"id":1}\n{"id":2}\n' });
    const task = { from: place.from, into, format: "json", types: "infer" } as const;
    await ingest(place.lake, task);
    await place.land({ "b.ndjson": '{"id":"x","more":true}\n' });
    const report = await ingest(place.lake, task);
    expect(report.files[1]).toMatchObject({ rescued: 1, added: ["more"] });
    expect((await place.rows(into, "id, more, _rescued"))[2]).toEqual({
      id: null,
      more: true,
      _rescued: '{"id":"x","_source_file":"b.ndjson"}',
    });
  });

  test("JSON lines: a key with slashes, tildes and quotes is a column", async () => {
    const key = "a/b~c'd\"e";
    await using place = await landing({ "a.json": `${JSON.stringify({ [key]: 5 })}\n` });
    await ingest(place.lake, { from: place.from, into, format: "json", types: "infer" });
    expect(await place.rows(into)).toMatchObject([{ [key]: 5 }]);
  });

  test("JSON lines: gzip and a byte order mark are read", async () => {
    await using place = await landing({ "a.json.gz": gzipSync('\uFEFF{"id":1}\n') });
    await ingest(place.lake, { from: place.from, into, format: "json", types: "infer" });
    expect(await place.rows(into, "id")).toEqual([{ id: 1 }]);
  });

  test("JSON lines: refuses an empty key and lines without keys", async () => {
    await using place = await landing({ "a.json": '{"":1}\n' });
    const task = { from: place.from, into, format: "json" } as const;
    await expect(ingest(place.lake, task)).rejects.toMatchObject({ code: "table/corrupt-text" });
    await place.land({ "a.json": "{}\n" });
    await expect(ingest(place.lake, task)).rejects.toMatchObject({ code: "table/missing-rows" });
  });

  test("Parquet keeps its types; numbers that int cannot hold are text, or kept aside where the column is there", async () => {
    await using place = await landing();
    const sql = `SELECT 1::SMALLINT AS i, 1.5::FLOAT AS f, true AS b, DATE '2024-01-02' AS d, 'x' AS t,
      123456789012345678901234567890::DECIMAL(38, 0) AS h, [1, 2] AS l, {'a': 1} AS s, 1.25::DECIMAL(9,2) AS m,
      9007199254740993 AS big, 'b'::BLOB AS bytes`;
    await writeParquet(place.lake, join(place.from, "a.parquet"), sql);
    const report = await ingest(place.lake, { from: place.from, into, format: "parquet" });
    expect(report.files[0]).toMatchObject({ rows: 1, rescued: 0 });
    expect(await place.rows(into)).toMatchObject([
      { i: 1, f: 1.5, b: true, d: new Date("2024-01-02"), t: "x", h: "123456789012345678901234567890", l: "[1,2]", s: '{"a":1}', m: 1.25, big: "9007199254740993", bytes: "Yg==", _rescued: null },
    ]); // biome-ignore format: a table
    await writeParquet(place.lake, join(place.from, "b.parquet"), "SELECT -9007199254740993 AS i");
    await ingest(place.lake, { from: place.from, into, format: "parquet" });
    const [, second] = await place.rows(into);
    expect(second).toMatchObject({
      i: null,
      _rescued: '{"i":"-9007199254740993","_source_file":"b.parquet"}',
    });
  });

  test("Parquet that is cut is refused", async () => {
    await using place = await landing();
    const path = join(place.from, "a.parquet");
    await writeParquet(place.lake, path, "SELECT range AS i FROM range(1000)");
    await place.land({ "a.parquet": (await readFile(path)).subarray(0, -100) });
    const done = ingest(place.lake, { from: path, into });
    await expect(done).rejects.toMatchObject({
      code: "table/corrupt-file",
      details: { file: "a.parquet" },
    });
    await place.land({ "a.parquet": "PAR1" });
    await expect(ingest(place.lake, { from: path, into })).rejects.toMatchObject({
      code: "table/corrupt-file",
    });
  });

  test.each([
    ["texts of a dictionary", "SELECT repeat('x', 1000) AS v FROM range(3000)"],
    ["texts in lists", "SELECT [repeat('x', 1000), 'y'] AS v FROM range(3000)"],
    ["texts in records and keys", "SELECT {'m': MAP {repeat('x', 1000): 1}} AS v FROM range(3000)"],
    ["keys of maps", "SELECT MAP {repeat('x', 1000): 1} AS v FROM range(3000)"],
    ["bytes", "SELECT repeat('x', 1000)::BLOB AS v FROM range(3000)"],
    ["whole numbers", "SELECT 7::BIGINT AS v FROM range(300_000)"],
    ["what stands as it is", "SELECT repeat('x', 1000) || range AS v FROM range(3000)"],
  ])("Parquet whose %s unpack to more than the limit is refused", async (_, sql) => {
    await using place = await landing();
    const path = join(place.from, "a.parquet");
    await writeParquet(place.lake, path, sql);
    const task = { from: path, into, limits: { inflatedBytes: 2_000_000 } };
    await expect(ingest(place.lake, task)).rejects.toMatchObject({
      code: "table/out-of-range-size",
      details: { file: "a.parquet", option: "limits.inflatedBytes" },
    });
    const wider = await ingest(place.lake, { ...task, limits: { inflatedBytes: 4_000_000 } });
    expect(wider.files[0]?.state).toBe("loaded");
  });

  test("takes the format of a single file from its ending", async () => {
    await using place = await landing({
      "a.csv": "id\n1\n",
      "b.jsonl": '{"id":"2"}\n',
      "c.csv.gz": gzipSync("id\n3\n"),
    });
    for (const name of ["a.csv", "b.jsonl", "c.csv.gz"])
      await ingest(place.lake, { from: join(place.from, name), into });
    expect(await place.rows(into, "id")).toEqual([{ id: "1" }, { id: "2" }, { id: "3" }]);
  });

  test("copies nothing of another encoding but for the time of the load", async () => {
    await using place = await landing({
      "a.csv": gzipSync(Buffer.from("id,v\n1,café\n", "latin1")),
    });
    await ingest(place.lake, { from: place.from, into, encoding: "latin-1" });
    expect(await place.rows(into, "id, v")).toEqual([{ id: "1", v: "café" }]);
  });

  test("a CSV without a header takes the names of a table that has as many columns", async () => {
    await using place = await landing({ "a.csv": "id,v\n1,a\n" });
    await ingest(place.lake, { from: place.from, into });
    await place.land({ "b.csv": "2,b\n" });
    const report = await ingest(place.lake, { from: place.from, into, csv: { header: false } });
    expect(report.files[1]).toMatchObject({ state: "loaded", added: [] });
    expect((await place.rows(into, "id, v"))[1]).toEqual({ id: "2", v: "b" });
  });
});
