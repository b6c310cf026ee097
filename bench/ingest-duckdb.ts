/**
 * @file Ingestion of 5,000,000 rows of 12 columns (CSV, 568 MB) into a fresh Delta table, beside DuckDB's
 * own copy of the file to Parquet: the same version of DuckDB, with its own settings, the same compression
 * (zstd at DuckDB's level, which is 3). The bar is 1.3 × DuckDB's time, into a table with its typed schema.
 * Ours also hashes the file, proves that it is text, checks every cell, keeps the order of the rows, flushes
 * the files to the disk and commits them. Inferred types, and text as delivered, are printed beside it;
 * both have five technical columns more, one of them a text of 27 characters that names the row.
 * `node bench/ingest-duckdb.ts [rounds]`
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ordersFile } from "./orders.ts";
import { benchFolder } from "./peers.ts";
import { conclude, said, type Taken, takeTurns } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 5);
const file = await ordersFile();
const side = (name: string): Taken => {
  const script = join(import.meta.dirname, "ingest-side.ts");
  const args = [script, name, file, join(benchFolder, `ingest-${process.pid}`)];
  const printed = execFileSync(process.execPath, args, { encoding: "utf8" });
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Taken;
};

const pairs = await takeTurns(
  { name: "ingest-duckdb", peerName: "DuckDB", ours: () => side("typed"), peer: () => side("copy") }, // biome-ignore format: one line
  rounds,
);
console.log(`DuckDB with declared types: ${said(side("copy-declared"))}`);
console.log(`ours with inferred types and technical columns: ${said(side("infer"))}`);
console.log(`ours as text with technical columns: ${said(side("text"))}`);
conclude("ingest-duckdb", pairs);
