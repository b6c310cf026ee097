/** @file The columns of an inference log, and an answer as a row of it. */
import type { Answered, Cell, Cells, ColumnSpec, ColumnSpecs, Signature } from "../flow.ts";
import { bool, type Columns, float, int, text, timestamp } from "../table/index.ts";
import { describe } from "./check-row.ts";
import { fail } from "./errors.ts";

const before: Columns = {
  request_id: text({ key: true }),
  at: timestamp(),
  endpoint: text(),
  model_version: int(),
};

/**
 * The columns of a log: who asked when and which version answered, one column per input, then
 * `prediction`, `probability` (null of a number), of a class also `probabilities` (JSON), of a model that tells
 * more `others` (JSON), and `warnings` (a JSON list of texts). Categories are kept as text,
 * because a request may hold a level that the model has not seen.
 *
 * @param at - Who asks, for the error.
 * @param signature - What the logged model takes and gives.
 * @returns The columns, in the order of the table.
 * @throws `serve/duplicate-column` when an input has the name of one of the log's own columns
 * @example
 * ```ts
 * const inputs = { tenure: { kind: "int", nullable: false } } as const;
 * const columns = logColumns("example", { inputs, output: { name: "churn", kind: "bool" } });
 * Object.keys(columns).slice(3, 6) // => ["model_version", "tenure", "prediction"]
 * ```
 */
export function logColumns(at: string, signature: Signature): Columns {
  const { kind, tensor } = signature.output;
  const isNumber = kind === "float" || kind === "int" || tensor !== undefined;
  const after: Columns = {
    prediction: plainColumn({ kind: signature.output.kind, nullable: true }),
    probability: float({ nullable: isNumber }),
    ...(signature.output.kind === "category" ? { probabilities: text() } : {}),
    ...(signature.others === undefined ? {} : { others: text() }),
    warnings: text(),
  };
  const own = new Set([...Object.keys(before), ...Object.keys(after)]);
  const columns = Object.keys(signature.inputs).filter((name) => own.has(name.toLowerCase()));
  if (columns.length > 0) fail("serve/duplicate-column", { at, columns });
  const inputs = Object.entries(signature.inputs).map(([name, spec]) => [name, plainColumn(spec)]);
  return { ...before, ...Object.fromEntries(inputs), ...after };
}

/**
 * An answer as cells of the log, in the order of its columns.
 *
 * @throws `serve/mismatch-answer` when a cell does not fit, so that no row is kept in the journal
 * that the table would refuse
 */
export function answerCells(at: string, columns: ColumnSpecs, answer: Answered): readonly Cell[] {
  const { requestId, atMs, endpoint, version, input, prediction, warnings } = answer;
  const row: Cells = {
    ...input,
    request_id: requestId,
    at: new Date(atMs),
    endpoint,
    model_version: version,
    prediction: prediction.value,
    probability: prediction.probability,
    ...("probabilities" in columns
      ? { probabilities: JSON.stringify(prediction.probabilities ?? {}) }
      : {}),
    ...("others" in columns ? { others: JSON.stringify(prediction.others ?? {}) } : {}),
    warnings: JSON.stringify(warnings),
  };
  const extra = Object.keys(row).find((name) => !Object.hasOwn(columns, name));
  if (extra !== undefined)
    fail("serve/mismatch-answer", { at, column: extra, expected: "no such input", got: "one" });
  return Object.entries(columns).map(([column, spec]) => {
    const cell = row[column] ?? null;
    if (!fits(spec, cell))
      fail("serve/mismatch-answer", {
        at,
        column,
        expected: expectedOf(spec),
        got: describe(cell),
      });
    return cell;
  });
}

/** Kind, nullability and unit; bounds and patterns were checked when the request came in. */
function plainColumn({ kind, nullable, unit }: ColumnSpec): Columns[string] {
  const measured = { nullable, ...(unit === undefined ? {} : { unit }) };
  switch (kind) {
    case "int":
      return int(measured);
    case "float":
      return float(measured);
    case "bool":
      return bool({ nullable });
    case "timestamp":
      return timestamp({ nullable });
    default:
      return text({ nullable });
  }
}

const expectedOf = ({ kind, nullable }: ColumnSpec): string =>
  `a cell of kind ${kind}${nullable ? " or null" : ""}`;

function fits({ kind, nullable }: ColumnSpec, cell: Cell): boolean {
  if (cell === null) return nullable;
  switch (kind) {
    case "int":
      return Number.isSafeInteger(cell);
    case "float":
      return Number.isFinite(cell);
    case "bool":
      return typeof cell === "boolean";
    case "timestamp":
      return cell instanceof Date && !Number.isNaN(cell.getTime());
    default:
      return typeof cell === "string" && cell.isWellFormed() && !cell.includes("\0");
  }
}
