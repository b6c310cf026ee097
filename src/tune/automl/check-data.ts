/** @file What AutoML looks at before it learns anything. */
import { count } from "../../core/index.ts";
import { labelTask } from "../../dataset/index.ts";
import { findLeaks } from "../../feature/index.ts";
import type { Severity, Task } from "../../flow.ts";
import { type Frame, isTechnicalColumn, quoteName } from "../../table/index.ts";
import { fail } from "../errors.ts";

/** One thing that was found out about the data: of rows, or of a series. */
export interface DataCheck {
  readonly check:
    | ("rows" | "classes" | "labels" | "duplicates" | "leaks" | "time")
    | ("length" | "constant" | "holes" | "signs" | "outliers" | "season" | "trend");
  readonly severity: Severity;
  readonly message: string;
}

/** The checks, and the task that the label asks for. */
export interface CheckedData {
  readonly task: Task;
  readonly checks: readonly DataCheck[];
}

/** What is known of the rows already. */
interface LabelledRows {
  readonly label: string;
  readonly folds: number;
  /** How many there are. */
  readonly total: number;
}

const few = 50; // fewer training rows than this are hardly a sample
const rare = 0.05;

/**
 * Looks at training rows: how many there are, how labels are spread, rows that are there twice, and columns that tell the
 * label too well. Throws `tune/failed-checks` where nothing can be learned.
 */
export async function checkData(
  rows: Frame,
  { label, folds, total }: LabelledRows,
): Promise<CheckedData> {
  const task = await labelTask(rows, label);
  const checks = [
    ...rowChecks(total, folds),
    ...(task.kind === "regression"
      ? await numberChecks(rows, label)
      : await classChecks(rows, { label, folds, total })),
    ...(await duplicateChecks(rows, total)),
    ...(await leakChecks(rows, { label, task })),
  ];
  const critical = checks.filter(({ severity }) => severity === "critical");
  if (critical.length > 0)
    fail("tune/failed-checks", {
      at: "autoMl",
      of: "these rows",
      reasons: critical.map(({ message }) => message),
    });
  return { task, checks };
}

function rowChecks(total: number, folds: number): readonly DataCheck[] {
  if (total < 2 * folds)
    return [
      {
        check: "rows",
        severity: "critical",
        message: `${count(total, "training row")} with a label; expected at least ${2 * folds}`,
      },
    ];
  if (total >= few) return [];
  return [
    {
      check: "rows",
      severity: "warning",
      message: `${count(total, "training row")} are few: scores will differ much from fold to fold`,
    },
  ];
}

async function classChecks(
  rows: Frame,
  { label, folds, total }: LabelledRows,
): Promise<readonly DataCheck[]> {
  const found = await rows.engine.query(
    `SELECT CAST(${quoteName(label)} AS VARCHAR) AS class, count(*) AS n FROM (${rows.sql}) GROUP BY ALL ORDER BY n, class`,
  );
  const classes = found.map((row) => ({ name: String(row["class"]), rows: Number(row["n"]) }));
  if (classes.length < 2)
    return [
      {
        check: "classes",
        severity: "critical",
        message: `all labels are ${classes[0]?.name ?? "missing"}; expected two classes or more`,
      },
    ];
  return classes.flatMap(({ name, rows: n }): readonly DataCheck[] => {
    if (n < folds)
      return [
        {
          check: "classes",
          severity: "warning",
          message: `class ${name} has ${count(n, "row")}, fewer than there are folds: some folds never see it`,
        },
      ];
    const share = n / total;
    if (share >= rare || classes.length > 2) return [];
    return [
      {
        check: "classes",
        severity: "info",
        message: `class ${name} has ${(100 * share).toFixed(1)} % of the rows: accuracy says little, look at prAuc and at the threshold`,
      },
    ];
  });
}

async function numberChecks(rows: Frame, label: string): Promise<readonly DataCheck[]> {
  const name = quoteName(label);
  const [found = {}] = await rows.engine.query(
    `SELECT count(DISTINCT ${name}) AS n, count(*) FILTER (NOT isfinite(CAST(${name} AS DOUBLE))) AS odd FROM (${rows.sql})`,
  );
  const odd = Number(found["odd"]);
  if (odd > 0)
    return [
      {
        check: "labels",
        severity: "critical",
        message: `${count(odd, "label")} are not finite numbers`,
      },
    ];
  return Number(found["n"]) > 1
    ? []
    : [
        {
          check: "labels",
          severity: "critical",
          message: "all labels are the same number; there is nothing to learn",
        },
      ];
}

async function duplicateChecks(rows: Frame, total: number): Promise<readonly DataCheck[]> {
  const names = Object.entries(rows.schema.columns)
    .filter(([name, { key }]) => key !== true && !isTechnicalColumn(name))
    .map(([name]) => quoteName(name));
  const [found = {}] = await rows.engine.query(
    `SELECT count(DISTINCT md5(json_array(${names.join(", ")})::VARCHAR)) AS n FROM (${rows.sql})`,
  );
  const twice = total - Number(found["n"]);
  if (twice <= 0.01 * total) return [];
  return [
    {
      check: "duplicates",
      severity: "warning",
      message: `${count(twice, "row")} are there before, apart from their key: the same row may be learned from and judged`,
    },
  ];
}

async function leakChecks(
  rows: Frame,
  { label, task }: { readonly label: string; readonly task: Task },
): Promise<readonly DataCheck[]> {
  if (task.kind === "multiclass") return []; // asked of one class at a time
  const { findings } = await findLeaks(rows, { label });
  return findings
    .filter(({ passed }) => !passed)
    .map(({ column, expectation, observed }) => ({
      check: "leaks",
      severity: "warning",
      message: `${column ?? "a column"}: ${expectation}; found ${String(observed ?? "some")}. Leave it out if a model would not have it when it answers.`,
    }));
}
