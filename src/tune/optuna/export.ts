/** @file Writes a study as Optuna's SQLite storage, which Optuna opens and goes on with. */
import { existsSync } from "node:fs";
import { checkNames } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { openSqliteFile, type Records, type SqliteFile } from "../../store/index.ts";
import { fail } from "../errors.ts";
import type { ParamSpec } from "../space.ts";
import { findStore } from "../study/record-store.ts";
import type { StudyHead } from "../study/study-store.ts";
import type { TrialRow } from "../trial-row.ts";
import { distributionOf } from "./distributions.ts";
import {
  errorKey,
  localText,
  metricsKey,
  optunaFormat,
  optunaStates,
  optunaTables,
  typedNumber,
} from "./schema.ts";

/** What is written, and where. */
export interface ExportOptunaOptions {
  readonly records: Records;
  /** The study's name; the same there. */
  readonly study: string;
  /** The file to be made. */
  readonly path: string;
}

/**
 * Writes a study as an SQLite file that Optuna (3 to 5) opens: `optuna.load_study(study_name=…,
 * storage="sqlite:///FILE")`. Params, values, states, reports, constraints, notes and the names of
 * metrics are kept. A trial that is running waits there.
 *
 * @returns How many trials were written.
 * @throws `tune/duplicate-file` where the file is there already; `tune/missing-study`, `store/failed-write`
 * @see Peer: Optuna 5.0 `RDBStorage`.
 */
export async function exportOptuna(
  options: ExportOptunaOptions,
): Promise<{ readonly trials: number }> {
  checkNames("exportOptuna", options, ["records", "study", "path"]);
  const { records, study, path } = options;
  const { head, rows, specs } = await findStore(records, study);
  if (existsSync(path)) fail("tune/duplicate-file", { path });
  using file = openSqliteFile(path, { create: true });
  file.run("begin");
  for (const statement of optunaTables) file.run(statement);
  file.run("insert into version_info values (1, ?, ?)", [
    optunaFormat.schema,
    optunaFormat.library,
  ]);
  file.run("insert into alembic_version values (?)", [optunaFormat.revision]);
  writeHead(file, head);
  for (const row of rows) writeRow(file, row, specs);
  file.run("commit");
  return { trials: rows.length };
}

function writeHead(file: SqliteFile, { name, objectives }: StudyHead): void {
  file.run("insert into studies values (1, ?)", [name]);
  for (const [i, { direction }] of objectives.entries())
    file.run("insert into study_directions (direction, study_id, objective) values (?, 1, ?)", [
      ...[direction === "minimise" ? "MINIMIZE" : "MAXIMIZE", i],
    ]);
  const metrics = JSON.stringify(objectives.map(({ metric }) => metric));
  file.run("insert into study_system_attributes (study_id, key, value_json) values (1, ?, ?)", [
    ...[metricsKey, metrics],
  ]);
}

function writeRow(file: SqliteFile, row: TrialRow, specs: ReadonlyMap<string, ParamSpec>): void {
  const state = row.state === "running" ? "waiting" : row.state;
  const isWaiting = state === "waiting";
  const times = isWaiting ? [null, null] : [localText(row.startedAtMs), localText(row.endedAtMs)];
  const id = file.run(
    "insert into trials (number, study_id, state, datetime_start, datetime_complete) values (?, 1, ?, ?, ?)",
    [row.number, optunaStates[state], ...times],
  );
  if (!isWaiting) writeParams(file, id, row, specs);
  for (const [i, value] of writtenValues(row).entries())
    file.run(
      "insert into trial_values (trial_id, objective, value, value_type) values (?, ?, ?, ?)",
      [id, i, ...typedNumber(value)],
    );
  for (const [step, value] of isWaiting ? [] : row.steps)
    file.run(
      "insert into trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) values (?, ?, ?, ?)",
      [id, step, ...typedNumber(value)],
    );
  for (const [key, value] of Object.entries(row.notes)) attribute(file, "user", [id, key, value]);
  for (const [key, value] of systemOf(row)) attribute(file, "system", [id, key, value]);
}

function writeParams(
  file: SqliteFile,
  ...[id, row, specs]: readonly [number, TrialRow, ReadonlyMap<string, ParamSpec>]
): void {
  for (const [name, code] of Object.entries(row.codes)) {
    const spec = specs.get(name);
    if (spec === undefined) continue;
    const values = [id, name, code, JSON.stringify(distributionOf(spec))];
    file.run(
      "insert into trial_params (trial_id, param_name, param_value, distribution_json) values (?, ?, ?, ?)",
      values,
    );
  }
}

/** Of a pruned trial its last report, as Optuna does. */
function writtenValues({ state, values, steps }: TrialRow): readonly number[] {
  if (state === "complete") return values ?? [];
  const last = steps.at(-1)?.[1] ?? Number.NaN;
  return state === "pruned" && !Number.isNaN(last) ? [last] : [];
}

function systemOf(row: TrialRow): readonly (readonly [string, Json])[] {
  const constraints = Object.values(row.constraints);
  return [
    ...(constraints.length > 0 ? [["constraints", constraints] as const] : []),
    ...(row.error === null ? [] : [[errorKey, row.error] as const]),
    ...(Object.keys(row.fixed).length > 0 ? [["fixed_params", row.fixed] as const] : []),
  ];
}

function attribute(
  file: SqliteFile,
  kind: "user" | "system",
  [id, key, value]: readonly [number, string, Json],
): void {
  const sql = `insert into trial_${kind}_attributes (trial_id, key, value_json) values (?, ?, ?)`;
  file.run(sql, [id, key, JSON.stringify(value)]);
}
