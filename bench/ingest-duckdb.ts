/**
 * @file Ingestion of 5,000,000 rows of 12 columns (CSV, 568 MB) into a fresh Delta table, beside DuckDB's
 * own copy of the file to Parquet: the same version of DuckDB, with its own settings, the same compression
 * (zstd at DuckDB's level, which is 3). The bar is 1.3 × DuckDB's time, into a table with its typed schema.
 * Ours also hashes the file, proves that it is text, checks every cell, keeps the order of the rows, flushes
 * the files to the disk and commits them. Inferred types, and text as delivered, are printed beside it;
 * both have five technical columns more, one of them a text of 27 characters that names the row.
 * `node bench/ingest-duckdb.ts [rounds]`
 */
import { sideInProcess } from "./ingest-run.ts";
import { ordersFile } from "./orders.ts";
import { conclude, said, type Taken, takeTurns } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 5);
const file = await ordersFile();
const side = (name: string): Taken => sideInProcess(name, file);

const pairs = await takeTurns(
  { peerName: "DuckDB", ours: () => side("typed"), peer: () => side("copy") },
  rounds,
);
console.log(`DuckDB with declared types: ${said(side("copy-declared"))}`);
console.log(`ours with inferred types and technical columns: ${said(side("infer"))}`);
console.log(`ours as text with technical columns: ${said(side("text"))}`);
conclude("ingest-duckdb", pairs);
