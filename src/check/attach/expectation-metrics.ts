/** @file How the writes of a table met its expectations, as rows that can be queried. */
import {
  type AnyRows,
  category,
  type Frame,
  frame,
  type HistoryEntry,
  int,
  quoteName,
  quoteText,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";

/** One row for each write and expectation. */
export const expectationMetricsColumns = {
  version: int(),
  at: timestamp(),
  operation: text(),
  expectation: text(),
  action: category(["keep", "drop", "fail"]),
  passed: int({ unit: "rows" }),
  failed: int({ unit: "rows" }),
  dropped: int({ unit: "rows", description: "failed rows that were not written" }),
};

/**
 * The counts that stand in a table's history, one row for each write and expectation, oldest first: a
 * frame, to be filtered, checked, profiled or joined like any other.
 *
 * @param history - What `table.history()` gives.
 * @param engine - The engine of the frame: `lake.engine`.
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const keep = [expectations(points).between("x", { max: 9 })];
 * const table = lake.table("demo.points", points, { expectations: tableExpectations(points, { keep }) });
 * await table.append([{ x: 1 }, { x: 10 }]);
 * const metrics = expectationMetrics(await table.history(), lake.engine);
 * const [first] = await metrics.where((c) => c.failed.isAbove(0)).rows();
 * [first?.expectation, first?.passed, first?.failed] // => ["x is ≤ 9", 1, 1]
 * ```
 */
export function expectationMetrics(
  history: readonly Pick<HistoryEntry, "version" | "atMs" | "operation" | "expectations">[],
  engine: AnyRows["engine"],
): Frame<typeof expectationMetricsColumns> {
  const rows = history.flatMap(({ version, atMs, operation, expectations }) =>
    expectations.map(
      ({ name, action, passed, failed, dropped }) =>
        `(${version}, make_timestamptz(${Math.round(atMs * 1000)}), ${quoteText(operation)}, ${quoteText(name)}, ${quoteText(action)}, ${Number(passed)}, ${Number(failed)}, ${Number(dropped)})`,
    ),
  );
  const names = Object.keys(expectationMetricsColumns).map(quoteName).join(", ");
  const none = "(0, make_timestamptz(0), '', '', '', 0, 0, 0)";
  const listed = `(VALUES ${rows.join(", ") || none}) t(${names})${rows.length === 0 ? " WHERE false" : ""}`;
  const typed = `version::BIGINT AS version, "at", operation, expectation, action, passed::BIGINT AS passed, failed::BIGINT AS failed, dropped::BIGINT AS dropped`;
  return frame({
    engine,
    schema: schema("expectation metrics", expectationMetricsColumns),
    sql: `SELECT ${typed} FROM ${listed} ORDER BY version`,
  });
}
