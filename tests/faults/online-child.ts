/** @file A process that materializes again and again until it is killed: `node online-child.ts LAKE STORE`. */
import { isMillraceError } from "../../src/core/index.ts";
import {
  featureTable,
  materialize,
  openOnlineStore,
  writeFeatures,
} from "../../src/feature/index.ts";
import { int, openLake, schema, text } from "../../src/table/index.ts";

/** The counters that the child writes. */
export const counters = featureTable({
  name: "shop.counters",
  schema: schema("counters", { id: text(), n: int() }),
  key: "id",
});

/** Passes over that another process was first. */
export function unlessConflict(error: unknown): undefined {
  if (!isMillraceError(error) || error.code !== "feature/conflict-materialize") throw error;
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder = "", place = ""] = process.argv;
  await using lake = await openLake(folder);
  await using store = await openOnlineStore(place);
  for (let n = 1; ; n++) {
    const rows = Array.from({ length: 500 }, (_, i) => ({ id: `c${i}`, n: n * 1000 + (i % 7) }));
    await writeFeatures(lake, counters, rows);
    const done = await materialize(lake, store, { table: "shop.counters" }).catch(unlessConflict);
    if (done !== undefined) process.stdout.write(`${done.tableVersion}\n`);
  }
}
