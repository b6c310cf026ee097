import { describe, expect, test } from "vitest";
import { filesOf, newLake } from "../../../tests/support/lake.ts";
import { int, schema } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import { pathKey } from "./actions.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { logFolder } from "./log.ts";
import { readSnapshot } from "./snapshot.ts";

const points = schema("points", { id: int() });

describe("writeCheckpoint", () => {
  test("writes more than one text of Node can hold", async () => {
    const lake = await newLake();
    await lake.table("a.points", points).append([{ id: 1 }]);
    const at = { place: lake.place("a.points"), engine: lake.engine };
    const state = await readSnapshot(at);
    if (state === undefined) throw new Error("no table");
    const [add] = state.files.values();
    if (add === undefined) throw new Error("no file");
    const stats = JSON.stringify({ numRecords: 1, note: "x".repeat(1 << 18) });
    const files = new Map(
      Array.from({ length: 2100 }, (_, i) => {
        const path = `part-${i}.parquet`;
        return [pathKey(path), { ...add, path, stats }] as const;
      }),
    );
    await writeCheckpoint(at, { ...state, files }, 0);
    const name = `${"0".repeat(20)}.checkpoint.parquet`;
    const local = await at.place.bytes.fetchLocal(`${logFolder(at.place)}/${name}`);
    const [found] = await lake.engine.query(
      `SELECT count(protocol.minReaderVersion)::INTEGER AS protocols, min(length(add.stats))::INTEGER AS stats, string_agg(add.path, ',' ORDER BY file_row_number) AS paths FROM read_parquet(${quoteText(local)}, file_row_number = true)`,
    );
    expect(found).toEqual({
      protocols: 1,
      stats: stats.length,
      paths: [...files.keys()].join(","),
    });
  });

  test("needs little memory for a small table", async () => {
    const lake = await newLake({ memoryLimitBytes: 128_000_000 });
    const table = lake.table("a.points", points);
    for (let i = 0; i <= 10; i++) await table.append([{ id: i }]);
    expect(await filesOf(table).names("_delta_log")).toContain(
      "_delta_log/00000000000000000010.checkpoint.parquet",
    );
  });
});
