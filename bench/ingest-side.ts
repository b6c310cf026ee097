/**
 * @file One run of one side of the ingestion benches, in a process of its own, so that neither side finds
 * the other's memory: `node bench/ingest-side.ts SIDE FILE FOLDER` prints what it took as JSON. The sides:
 * "typed", "infer" and "text" are ours; "copy" and "copy-declared" are DuckDB's.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { ingest, openLake, quoteText } from "../src/table/index.ts";
import { orderRows, orders } from "./orders.ts";
import { type Taken, timed } from "./turns.ts";

const [side = "", file = "", folder = ""] = process.argv.slice(2);

/** What the same columns are to DuckDB. */
const declared = Object.entries({
  text: "VARCHAR",
  int: "BIGINT",
  float: "DOUBLE",
  bool: "BOOLEAN",
  timestamp: "TIMESTAMP",
});

/** DuckDB's own copy, in a database with its own settings. */
async function copy(read: string): Promise<Taken> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const target = join(folder, "copy.parquet");
  const taken = await timed(async () => {
    await connection.run(
      `COPY (SELECT * FROM ${read}) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 2)`,
    );
  });
  const rows = await connection.runAndReadAll(
    `SELECT count(*) FROM read_parquet(${quoteText(target)})`,
  );
  if (Number(rows.getRows()[0]?.[0]) !== orderRows) throw new Error("rows are missing");
  return taken;
}

/** Our ingestion into a fresh table. */
async function ours(how: Omit<Parameters<typeof ingest>[1], "from">): Promise<Taken> {
  await using lake = await openLake(folder);
  return timed(async () => {
    const { rows } = await ingest(lake, { from: file, ...how });
    if (rows !== orderRows) throw new Error(`${rows} rows were loaded`);
  });
}

const columns = Object.entries(orders.columns).map(([name, { kind }]) => {
  const type = declared.find(([known]) => known === kind)?.[1] ?? "VARCHAR";
  return `${quoteText(name)}: '${type}'`;
});
const sides: Readonly<Record<string, () => Promise<Taken>>> = {
  typed: () => ours({ into: { name: "bench.orders", schema: orders } }),
  infer: () => ours({ into: "bench.orders", types: "infer" }),
  text: () => ours({ into: "bench.orders" }),
  copy: () => copy(`read_csv(${quoteText(file)})`),
  "copy-declared": () =>
    copy(
      `read_csv(${quoteText(file)}, header = true, auto_detect = false, columns = {${columns.join(", ")}})`,
    ),
};
const run = sides[side];
if (run === undefined) throw new Error(`unknown side ${side}; the sides are ${Object.keys(sides)}`);
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
try {
  console.log(JSON.stringify(await run()));
} finally {
  await rm(folder, { recursive: true, force: true });
}
