/**
 * @file A process with little memory: it makes a CSV file larger than the engine's limit, ingests it typed
 * and as text, merges a source as large as the table, and overwrites the table. It prints what it found,
 * and the most memory that it had, as one line of JSON.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  float,
  frame,
  ingest,
  int,
  openLake,
  schema,
  text,
  timestamp,
} from "../../src/table/index.ts";

const [folder = "", megabytes = "", limit = ""] = process.argv.slice(2);
const rows = Math.floor((Number(megabytes) * 1e6) / 260);
const wide = schema("wide", {
  id: int({ key: true }),
  at: timestamp(),
  amount: float(),
  words: text(),
});

await using lake = await openLake(join(folder, "lake"), { memoryLimitBytes: Number(limit) });
const { engine } = lake;
const file = join(folder, "wide.csv");
const words = [1, 2, 3, 4, 5, 6].map((n) => `md5((i * ${n})::VARCHAR)`).join(" || ");
await engine.run(`COPY (SELECT i AS id, make_timestamp(1700000000000000 + i * 1000000) AS at, i / 4 AS amount, ${words} AS words
  FROM range(${rows}) r(i)) TO '${file}' (FORMAT csv, HEADER)`);

const typed = await ingest(lake, { from: file, into: { name: "t.wide", schema: wide } });
const plain = await ingest(lake, { from: file, into: "t.plain" });
const [order] = await engine.query(
  `SELECT count(*) AS n FROM (SELECT right(_row_id, 10)::BIGINT - 1 AS place, id::BIGINT AS id
    FROM (${(await lake.table("t.plain", await lake.schemaOf("t.plain")).read()).sql})) WHERE place <> id`,
);

const table = lake.table("t.wide", wide);
const half = Math.floor(rows / 2);
const shifted = `SELECT id + ${half} AS id, "at", -amount AS amount, words FROM (${(await table.read()).sql})`;
const merged = await table.merge(frame({ engine, schema: wide, sql: shifted }), { on: ["id"] });
const sumsOf = async (): Promise<unknown> => {
  const { sql } = await table.read();
  const sums = `count(*) AS n, count(DISTINCT id) AS ids, sum(amount)::BIGINT AS amount, sum(strlen(words))::BIGINT AS letters`;
  return (await engine.query(`SELECT ${sums} FROM (${sql})`))[0];
};
const afterMerge = await sumsOf();
const overwritten = await table.overwrite(await table.read());
const afterOverwrite = await sumsOf();
const found = {
  ...{ rows, half, fileBytes: (await stat(file)).size, typed: typed.rows, plain: plain.rows },
  ...{ displaced: order?.["n"], merged: merged.metrics, overwritten: overwritten.metrics },
  ...{ afterMerge, afterOverwrite, peakBytes: process.resourceUsage().maxRSS * 1024 },
};
process.stdout.write(`${JSON.stringify(found)}\n`);
