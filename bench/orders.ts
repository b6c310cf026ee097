/**
 * @file The file that the benches of ingestion load: 5,000,000 orders of 12 columns as CSV, 568 MB, with
 * missing cells, quotes, and commas and quotes within them. Made once, in .bench.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  bool,
  float,
  int,
  openEngine,
  quoteText,
  schema,
  text,
  timestamp,
} from "../src/table/index.ts";
import { benchFolder } from "./peers.ts";

export const orderRows = 5_000_000;

/** The orders as a table has them. */
export const orders = schema("orders", {
  order_id: int(),
  customer_id: int(),
  ordered_at: timestamp(),
  city: text(),
  status: text(),
  note: text({ nullable: true }),
  items: int(),
  price: float(),
  discount: float({ nullable: true }),
  paid: bool(),
  weight: float(),
  sku: text(),
});

const ordersSql = `SELECT 1000000 + i AS order_id, (hash(i) % 200000)::BIGINT AS customer_id,
  strftime(make_timestamp((1700000000 + i * 7)::BIGINT * 1000000 + (hash(i * 3) % 1000)::BIGINT * 1000), '%Y-%m-%d %H:%M:%S.%g') AS ordered_at,
  ['Oslo', 'Rio de Janeiro', 'Berlin', 'Pune', 'Lima', 'São Paulo'][1 + (hash(i * 5) % 6)::INT] AS city,
  ['open', 'sent', 'done', 'returned'][1 + (hash(i * 7) % 4)::INT] AS status,
  CASE hash(i * 11) % 10 WHEN 0 THEN 'said "call first", then leave' WHEN 1 THEN 'fragile, glass'
    WHEN 2 THEN NULL WHEN 3 THEN NULL ELSE 'note ' || hash(i * 13) % 1000000 END AS note,
  1 + (hash(i * 17) % 9)::BIGINT AS items, (hash(i * 19) % 1000000) / 100 AS price,
  CASE WHEN hash(i * 23) % 4 > 0 THEN (hash(i * 29) % 100) / 200 END AS discount,
  hash(i * 31) % 2 = 0 AS paid, round((hash(i * 37) % 10000000) / 7919, 4) AS weight,
  'SKU-' || lpad((hash(i * 41) % 50000)::VARCHAR, 6, '0') || '-' || upper(left(md5(i::VARCHAR), 8)) AS sku
  FROM range(${orderRows}) r(i)`;

/** The path of the file, which is made when it is not there. */
export async function ordersFile(): Promise<string> {
  const path = join(benchFolder, `orders-${orderRows}.csv`);
  if (!existsSync(path)) {
    console.log(`making ${path} …`);
    await mkdir(benchFolder, { recursive: true });
    const engine = await openEngine();
    await engine.run(`COPY (${ordersSql}) TO ${quoteText(`${path}.new`)} (FORMAT csv, HEADER)`);
    await engine.close();
    await rename(`${path}.new`, path);
  }
  const { size } = await stat(path);
  console.log(
    `${orderRows} rows of ${Object.keys(orders.columns).length} columns, ${(size / 1e6).toFixed(0)} MB`,
  );
  return path;
}
