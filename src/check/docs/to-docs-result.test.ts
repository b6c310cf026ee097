import { describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/peer/great-expectations.ts";
import { steppingClock } from "../../core/index.ts";
import { int, openEngine, schema, text } from "../../table/index.ts";
import { expectations } from "../expectation.ts";
import { expectation } from "../make-expectation.ts";
import type { SuiteResult } from "../result.ts";
import { check, suite } from "../suite.ts";
import { validate } from "../validate.ts";
import { toDocsResult } from "./to-docs-result.ts";

const points = schema("points", { id: text({ key: true }), x: int({ nullable: true }) });
const e = expectations(points);
const judged = suite("sound", points, [
  e.between("x", { min: 0 }),
  e.notNull("x", { severity: "warning" }),
  e.unique("id"),
  e.mean("x", { min: 5 }, { severity: "info" }),
  e.holds("x is below 100", (c) => c.x.isBelow(100)),
]);
const clock = steppingClock(Date.UTC(2026, 0, 5, 3, 4, 5, 6));

async function resultOf(more: Parameters<typeof validate>[2] = {}, given = judged) {
  const engine = await openEngine();
  const rows = frameOf(engine, points, [["a", 1], ["b", -1], ["c", null], ["d", 200]]); // biome-ignore format: rows
  const result = await validate(rows, given, { clock, ...more });
  const report = await check(rows, judged);
  await engine.close();
  return { result, report };
}

describe("toDocsResult", () => {
  test("says of a result what check says of the same rows", async () => {
    const resultFormat = {
      result_format: "SUMMARY",
      unexpected_index_column_names: ["id"],
    } as const;
    const { result, report } = await resultOf({ resultFormat });
    const docs = toDocsResult(result);
    expect(docs.report).toEqual({
      ...report,
      findings: report.findings.map((finding) => ({ ...finding, expectation: expect.any(String) })),
    });
    expect(docs.report.findings.map((finding) => finding.expectation)).toEqual(
      report.findings.map(({ expectation: says }) => says),
    );
    expect(docs.atMs).toBe(Date.UTC(2026, 0, 5, 3, 4, 5, 6));
  });

  test("says what was observed of a whole table, and names values where no column tells rows apart", async () => {
    const given = {
      ...judged,
      expectations: [e.mean("x", { max: 5 }), e.between("x", { min: 0 })],
    };
    const { report } = toDocsResult((await resultOf({}, given)).result);
    expect(report.findings).toMatchObject([
      { passed: false, failedRows: 4, rows: 4, sample: [], observed: expect.closeTo(66.67, 1) },
      { passed: false, failedRows: 1, rows: 3, sample: [-1] },
    ]);
  });

  test("takes the table, its version and rows from what was said of the run", async () => {
    const meta = { millrace: { table: "demo.points", version: 7, rows: 1200 } };
    const docs = toDocsResult((await resultOf({ meta })).result);
    expect(docs).toMatchObject({ version: 7, report: { table: "demo.points", rows: 1200 } });
  });

  test("an expectation that could not be judged failed, and says why", async () => {
    const given = {
      ...judged,
      expectations: [expectation("expect_column_values_to_not_be_null", { column: "gone" })],
    };
    const { report } = toDocsResult((await resultOf({}, given)).result);
    expect(report).toMatchObject({ passed: false, findings: [{ passed: false, rows: 0 }] });
    expect(report.findings[0]?.expectation).toMatch(
      /^gone has a value \(it could not be judged: .*gone/,
    );
  });

  test("reads what Great Expectations stored, types that are not ours too", () => {
    const stored: SuiteResult = {
      success: false,
      suite_name: "orders",
      suite_parameters: {},
      statistics: {
        ...{ evaluated_expectations: 1, successful_expectations: 0 },
        ...{ unsuccessful_expectations: 1, success_percent: 0 },
      },
      results: [
        {
          success: false,
          expectation_config: {
            type: "expect_column_values_to_be_odd",
            kwargs: { batch_id: "pandas-orders", column: "n" },
            severity: "warning",
          },
          result: { element_count: 5, unexpected_count: 2, partial_unexpected_list: [2, 4] },
          meta: {},
          exception_info: {
            ...{ raised_exception: false, exception_message: null, exception_traceback: null },
          },
        },
      ],
      meta: {
        active_batch_definition: { data_asset_name: "orders_df" },
        run_id: { run_name: null, run_time: "2026-01-05T03:04:05.006000+00:00" },
      },
      id: null,
    };
    expect(toDocsResult(stored)).toEqual({
      atMs: Date.UTC(2026, 0, 5, 3, 4, 5, 6),
      report: {
        suite: "orders",
        table: "orders_df",
        rows: 5,
        passed: true,
        findings: [
          {
            expectation: "n: expect_column_values_to_be_odd",
            ...{ column: "n", severity: "warning", passed: false },
            ...{ failedRows: 2, rows: 5, sample: [2, 4] },
          },
        ],
      },
    });
  });
});
