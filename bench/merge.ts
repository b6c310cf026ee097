/**
 * @file MERGE of 500,000 rows, half of them new, into 5,000,000 rows of 12 columns, beside deltalake on
 * the same machine and the same rows. Each side merges into a copy of one table, in turns;
 * times are of the merge alone. The bar is half of deltalake's. `node bench/merge.ts [rounds]`
 */
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bool, float, frame, int, openLake, schema, text, timestamp } from "../src/table/index.ts";
import { benchFolder, deltalake, runPeer } from "./peers.ts";
import { conclude, type Taken, takeTurns, timed } from "./turns.ts";

const [target, source] = [5_000_000, 500_000];
const rounds = Number(process.argv[2] ?? 5);
const orders = schema("orders", {
  id: int({ key: true }),
  customer: int(),
  city: text(),
  status: text(),
  note: text({ nullable: true }),
  items: int(),
  price: float(),
  discount: float({ nullable: true }),
  paid: bool(),
  at: timestamp(),
  weight: float(),
  score: int(),
});

/** Orders with these ids; a changed order differs from the first in its price. */
const ordersSql = (ids: string, price: string): string => `SELECT id, hash(id) % 200000 AS customer,
  ['Oslo', 'Rio', 'Berlin', 'Pune', 'Lima'][1 + (hash(id * 3) % 5)::INT] AS city, ['open', 'sent', 'done'][1 + (hash(id * 5) % 3)::INT] AS status,
  CASE WHEN hash(id * 7) % 3 = 0 THEN NULL ELSE 'note ' || hash(id * 11) % 100000 END AS note, 1 + hash(id * 13) % 9 AS items,
  ${price} AS price, CASE WHEN hash(id * 17) % 4 = 0 THEN 0.1 END AS discount, hash(id * 19) % 2 = 0 AS paid,
  make_timestamptz((1700000000 + id)::BIGINT * 1000000) AS "at", (hash(id * 23) % 10000) / 100 AS weight, hash(id * 29) % 1000 AS score
  FROM (${ids})`;

const peerScript = `
import sys, time, json, pyarrow.parquet as pq
from deltalake import DeltaTable
t, s = DeltaTable(sys.argv[1]), pq.read_table(sys.argv[2])
start, cpu = time.perf_counter(), time.process_time()
m = t.merge(s, "t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
taken = {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu}
assert m["num_target_rows_updated"] == ${source / 2} and m["num_target_rows_inserted"] == ${source / 2}, m
print(json.dumps(taken))
`;

const folder = join(benchFolder, "merge");
const rowsFile = join(folder, "source.parquet");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await using lake = await openLake(join(folder, "lake"));
const first = lake.table("bench.first", orders);
const ids = `SELECT range AS id FROM range(${target})`;
await first.append(
  frame({
    engine: lake.engine,
    schema: orders,
    sql: ordersSql(ids, "(hash(id * 31) % 100000) / 100"),
  }),
);
const changed = `SELECT CASE WHEN range % 2 = 0 THEN range * ${target / source} ELSE ${target} + range END AS id FROM range(${source})`;
await lake.engine.run(
  `COPY (SELECT id, customer::BIGINT AS customer, city, status, note, items::BIGINT AS items, price, discount::DOUBLE AS discount, paid, "at", weight, score::BIGINT AS score
    FROM (${ordersSql(changed, "-1.5")})) TO '${rowsFile}' (FORMAT parquet)`,
);

async function ours(): Promise<Taken> {
  const table = lake.table("bench.ours", orders);
  await rm(table.path, { recursive: true, force: true });
  await cp(first.path, table.path, { recursive: true });
  // The peer has its source in memory: so have we.
  return lake.engine.withTable(`SELECT * FROM read_parquet('${rowsFile}')`, async (rows) => {
    const changes = frame({ engine: lake.engine, schema: orders, sql: `SELECT * FROM ${rows}` });
    return timed(async () => {
      const { metrics } = await table.merge(changes, { on: ["id"] });
      const { numTargetRowsUpdated: updated, numTargetRowsInserted: inserted } = metrics;
      if (updated !== source / 2 || inserted !== source / 2)
        throw new Error(JSON.stringify(metrics));
    });
  });
}

async function theirs(): Promise<Taken> {
  const path = join(folder, "theirs");
  await rm(path, { recursive: true, force: true });
  await cp(first.path, path, { recursive: true });
  return JSON.parse(runPeer(deltalake, peerScript, [path, rowsFile])) as Taken;
}

const pairs = await takeTurns({ peerName: "deltalake", ours, peer: theirs }, rounds);
conclude("merge", pairs);
await rm(folder, { recursive: true });
