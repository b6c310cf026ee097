/** @file Reads a study from Optuna's SQLite storage into records. */
import { existsSync } from "node:fs";
import {
  type Clock,
  checkNames,
  type Ids,
  isMillraceError,
  randomIds,
  systemClock,
} from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { openSqliteFile, type Records, type SqliteFile } from "../../store/index.ts";
import { fail } from "../errors.ts";
import type { StudyObjective } from "../objective.ts";
import { codeOf, type ParamSpec, type Params, type ParamValue, valueAt } from "../space.ts";
import { readNames, recordStore } from "../study/record-store.ts";
import { type TrialRow, type TrialState, waitingRow } from "../trial-row.ts";
import { type Distribution, specOf, unionOf } from "./distributions.ts";
import { errorKey, localMs, metricsKey, numberOf, optunaFormat, optunaStates } from "./schema.ts";

/** What is read, and where it is kept. */
export interface ImportOptunaOptions {
  /** The SQLite file of Optuna. */
  readonly path: string;
  readonly records: Records;
  /** The study's name there; may be left out where the file has one study. */
  readonly study?: string;
  /** Its name here. Default: the same. */
  readonly name?: string;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** What was read. */
export interface ImportedStudy {
  readonly name: string;
  readonly objectives: readonly StudyObjective[];
  readonly trials: number;
}

/**
 * Reads a study of Optuna (3 to 5, SQLite) into records: ranges, trials with params, values, states,
 * reports, constraints and attributes. `openStudy` with its name and objectives goes on with it; a
 * metric without a name is called "value". A trial that is running there is failed here.
 *
 * @returns Its name, objectives and number of trials.
 * @throws `tune/unsupported-file` for a file that is no such storage; `tune/missing-study`,
 * `tune/duplicate-study`, `tune/missing-file`
 * @see Peer: Optuna 5.0 `RDBStorage`.
 */
export async function importOptuna(options: ImportOptunaOptions): Promise<ImportedStudy> {
  checkNames("importOptuna", options, ["path", "records", "study", "name", "clock", "ids"]);
  const { path, records, clock = systemClock, ids = randomIds } = options;
  using file = opened(path);
  checkFile(file, path);
  const found = findStudy(file, path, options.study);
  const { name = found.name } = options;
  const names = await readNames(records);
  if (names.includes(name)) fail("tune/duplicate-study", { study: name });
  const objectives = readObjectives(file, found.id);
  const specs = readSpecs(file, path, found.id);
  const rows = readRows(file, found.id, specs);
  const head = { id: ids(), name, objectives, seed: 0, createdAtMs: clock(), runId: null };
  const store = await recordStore(records, head);
  for (const [param, spec] of specs) store.define(param, spec);
  await store.transact(() => ({ rows, result: null }));
  return { name, objectives, trials: rows.length };
}

/** The names of the studies of a file. Throws `tune/unsupported-file`. */
export function optunaStudies(path: string): readonly string[] {
  using file = opened(path);
  checkFile(file, path);
  return studiesOf(file).map(({ name }) => name);
}

/** Opens a file to be read. Throws `tune/missing-file`. */
function opened(path: string): SqliteFile {
  if (!existsSync(path)) fail("tune/missing-file", { path });
  return openSqliteFile(path);
}

/** Gives the names of the tables. Throws `tune/unsupported-file` for a file of another kind. */
function tablesOf(file: SqliteFile, path: string): ReadonlySet<unknown> {
  try {
    const tables = file.rows("select name from sqlite_master where type = 'table'");
    return new Set(tables.map(({ name }) => name));
  } catch (error) {
    if (isMillraceError(error) && error.code === "store/corrupt-records")
      return fail("tune/unsupported-file", { path, reason: "it is no SQLite file" });
    throw error;
  }
}

function checkFile(file: SqliteFile, path: string): void {
  const names = tablesOf(file, path);
  const needed = ["studies", "trials", "trial_params", "trial_values", "version_info"];
  const missing = needed.filter((name) => !names.has(name));
  if (missing.length > 0)
    fail("tune/unsupported-file", { path, reason: `it has no table ${missing.join(", ")}` });
  const version = Number(
    file.rows("select schema_version from version_info")[0]?.["schema_version"],
  );
  const columns = file.rows("pragma table_info(trial_values)").map(({ name }) => name);
  if (version === optunaFormat.schema && columns.includes("value_type")) return;
  const reason = `its format is ${version}, and ${optunaFormat.schema} is known. Older files become so by "optuna storage upgrade".`;
  fail("tune/unsupported-file", { path, reason });
}

const studiesOf = (file: SqliteFile) =>
  file
    .rows("select study_id, study_name from studies order by study_id")
    .map((row) => ({ id: Number(row["study_id"]), name: String(row["study_name"]) }));

function findStudy(file: SqliteFile, path: string, name: string | undefined) {
  const all = studiesOf(file);
  const known = all.map((study) => study.name);
  if (name === undefined && all.length !== 1) {
    const reason = `it has ${all.length} studies; say which is meant`;
    return fail("tune/unsupported-file", { path, reason });
  }
  const found = name === undefined ? all[0] : all.find((study) => study.name === name);
  return found ?? fail("tune/missing-study", { study: name ?? "", known });
}

function readObjectives(file: SqliteFile, id: number): readonly StudyObjective[] {
  const [named] = file.rows(
    "select value_json from study_system_attributes where study_id = ? and key = ?",
    [id, metricsKey],
  );
  const names: unknown = JSON.parse(String(named?.["value_json"] ?? "[]"));
  const metrics: readonly unknown[] = Array.isArray(names) ? names : [];
  const rows = file.rows(
    "select direction from study_directions where study_id = ? order by objective",
    [id],
  );
  return rows.map(({ direction }, i) => ({
    metric: String(metrics[i] ?? (rows.length === 1 ? "value" : `value ${i}`)),
    direction: direction === "MAXIMIZE" ? "maximise" : "minimise",
  }));
}

/** What each param may be: the union of what it might be in the trials. */
function readSpecs(file: SqliteFile, path: string, id: number): ReadonlyMap<string, ParamSpec> {
  const specs = new Map<string, ParamSpec>();
  const rows = file.rows(
    `select param_name, distribution_json from trial_params join trials using (trial_id)
     where study_id = ? group by param_name, distribution_json order by min(param_id)`,
    [id],
  );
  for (const { param_name, distribution_json } of rows) {
    const name = String(param_name);
    const distribution = JSON.parse(String(distribution_json)) as Distribution;
    const spec = specOf(distribution);
    const reason = `the range of param ${JSON.stringify(name)} is a ${distribution.name}, which is not known`;
    if (spec === undefined) return fail("tune/unsupported-file", { path, reason });
    const both = unionOf(specs.get(name) ?? spec, spec);
    const mixed = `param ${JSON.stringify(name)} is a number in some trials and a choice in others`;
    if (both === undefined) return fail("tune/unsupported-file", { path, reason: mixed });
    specs.set(name, both);
  }
  return specs;
}

type Row = Readonly<Record<string, unknown>>;

function readRows(
  file: SqliteFile,
  id: number,
  specs: ReadonlyMap<string, ParamSpec>,
): readonly TrialRow[] {
  const ofTrials = (table: string, order: string): ReadonlyMap<unknown, readonly Row[]> =>
    Map.groupBy(
      file.rows(
        `select t.* from ${table} t join trials using (trial_id) where study_id = ? order by ${order}`,
        [id],
      ),
      (row) => row["trial_id"],
    );
  const params = ofTrials("trial_params", "param_id");
  const values = ofTrials("trial_values", "objective");
  const steps = ofTrials("trial_intermediate_values", "step");
  const user = ofTrials("trial_user_attributes", "trial_user_attribute_id");
  const system = ofTrials("trial_system_attributes", "trial_system_attribute_id");
  const trials = file.rows("select * from trials where study_id = ? order by trial_id", [id]);
  return trials.map((trial, number) => {
    const own = trial["trial_id"];
    return rowOf({
      ...{ number, trial, specs, params: params.get(own) ?? [], values: values.get(own) ?? [] },
      ...{ steps: steps.get(own) ?? [], notes: attributesOf(user.get(own)) },
      system: attributesOf(system.get(own)),
    });
  });
}

const attributesOf = (rows: readonly Row[] = []): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    rows.map((row) => [String(row["key"]), JSON.parse(String(row["value_json"]))]),
  );

/** All that is kept of a trial there. */
interface Parts {
  readonly number: number;
  readonly trial: Row;
  readonly specs: ReadonlyMap<string, ParamSpec>;
  readonly params: readonly Row[];
  readonly values: readonly Row[];
  readonly steps: readonly Row[];
  readonly notes: Readonly<Record<string, Json>>;
  readonly system: Readonly<Record<string, Json>>;
}

const wasRunning = "it was running in Optuna when the study was read";

function rowOf({ number, trial, specs, params, values, steps, notes, system }: Parts): TrialRow {
  const entries = Object.entries(optunaStates);
  const [named] = entries.find(([, there]) => there === trial["state"]) ?? ["failed"];
  const state = entries.map(([here]) => here).includes(named) ? (named as TrialState) : "failed";
  const isRunning = state === "running";
  const errorText = typeof system[errorKey] === "string" ? system[errorKey] : "it failed in Optuna";
  const constraints = Array.isArray(system["constraints"]) ? system["constraints"] : [];
  return {
    ...waitingRow(number, fixedOf(system["fixed_params"])),
    state: isRunning ? "failed" : state,
    codes: Object.fromEntries(params.map((row) => codeEntry(row, specs))),
    values:
      state === "complete" ? values.map((row) => numberOf(row["value"], row["value_type"])) : null,
    steps: steps.map((row) => [
      Number(row["step"]),
      numberOf(row["intermediate_value"], row["intermediate_value_type"]),
    ]),
    constraints: Object.fromEntries(
      constraints.map((value: unknown, i: number) => [`constraint ${i}`, Number(value)]),
    ),
    error: isRunning ? wasRunning : state === "failed" ? errorText : null,
    startedAtMs: localMs(trial["datetime_start"]),
    endedAtMs: localMs(trial["datetime_complete"]),
    notes,
  };
}

/** A param's code by the union of its ranges, of which a choice may have another place than in its trial's. */
function codeEntry(row: Row, specs: ReadonlyMap<string, ParamSpec>): readonly [string, number] {
  const name = String(row["param_name"]);
  const code = Number(row["param_value"]);
  const spec = specs.get(name);
  const own = specOf(JSON.parse(String(row["distribution_json"])) as Distribution);
  if (spec?.kind !== "category" || own === undefined) return [name, code];
  return [name, codeOf(spec, valueAt(own, code)) ?? code];
}

const isValue = (value: Json): value is ParamValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

function fixedOf(fixed: Json | undefined): Params {
  if (typeof fixed !== "object" || fixed === null) return {};
  const entries = Object.entries(fixed).flatMap(([name, value]: [string, Json]) =>
    isValue(value) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
