/** @file The tables of Optuna's SQLite storage, in the format of its versions 3 to 5. */

/** The format of the tables, and the mark by which Optuna's migrations know it. */
export const optunaFormat = { schema: 12, revision: "v3.2.0.a", library: "5.0.0" } as const;

const attributes = (owner: string): string =>
  `create table ${owner}_attributes (
    ${owner}_attribute_id integer not null primary key, ${owner.split("_")[0]}_id integer,
    key varchar(512), value_json text, unique (${owner.split("_")[0]}_id, key))`;

/** What makes the tables, a statement each. */
export const optunaTables: readonly string[] = [
  "create table studies (study_id integer not null primary key, study_name varchar(512) not null)",
  "create unique index ix_studies_study_name on studies (study_name)",
  `create table version_info (version_info_id integer not null primary key check (version_info_id = 1),
    schema_version integer, library_version varchar(256))`,
  `create table study_directions (study_direction_id integer not null primary key,
    direction varchar(8) not null, study_id integer not null references studies (study_id),
    objective integer not null, unique (study_id, objective))`,
  `create table trials (trial_id integer not null primary key, number integer,
    study_id integer references studies (study_id), state varchar(8) not null,
    datetime_start datetime, datetime_complete datetime)`,
  "create index ix_trials_study_id on trials (study_id)",
  ...["study_user", "study_system", "trial_user", "trial_system"].map(attributes),
  `create table trial_params (param_id integer not null primary key,
    trial_id integer references trials (trial_id), param_name varchar(512), param_value float,
    distribution_json text, unique (trial_id, param_name))`,
  `create table trial_values (trial_value_id integer not null primary key,
    trial_id integer not null references trials (trial_id), objective integer not null,
    value float, value_type varchar(7) not null, unique (trial_id, objective))`,
  `create table trial_intermediate_values (trial_intermediate_value_id integer not null primary key,
    trial_id integer not null references trials (trial_id), step integer not null,
    intermediate_value float, intermediate_value_type varchar(7) not null, unique (trial_id, step))`,
  `create table trial_heartbeats (trial_heartbeat_id integer not null primary key,
    trial_id integer not null references trials (trial_id), heartbeat datetime not null,
    unique (trial_id))`,
  `create table alembic_version (version_num varchar(32) not null,
    constraint alembic_version_pkc primary key (version_num))`,
];

/** A number and the word that stands beside it where SQL has no such number. */
export function typedNumber(value: number): readonly [number | null, string] {
  if (Number.isNaN(value)) return [null, "NAN"];
  if (Number.isFinite(value)) return [value, "FINITE"];
  return [null, value > 0 ? "INF_POS" : "INF_NEG"];
}

/** Reads what {@link typedNumber} wrote. */
export function numberOf(value: unknown, type: unknown): number {
  if (type === "INF_POS") return Infinity;
  if (type === "INF_NEG") return -Infinity;
  return type === "NAN" || value === null ? Number.NaN : Number(value);
}

/** How each of our states is called there; "running" does not outlive a study that is written. */
export const optunaStates = {
  waiting: "WAITING",
  running: "RUNNING",
  complete: "COMPLETE",
  pruned: "PRUNED",
  failed: "FAIL",
} as const;

/** The key under which a trial's error is kept, which Optuna has no place for. */
export const errorKey = "millrace:error";
/** The key of the names of the metrics. */
export const metricsKey = "study:metric_names";

/** A moment as Optuna writes it: in local time, without a zone. */
export function localText(atMs: number | null): string | null {
  if (atMs === null) return null;
  const shifted = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 23)}000`;
}

/** Reads what {@link localText} wrote. */
export function localMs(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const ms = new Date(text.slice(0, 23).replace(" ", "T")).getTime();
  return Number.isNaN(ms) ? null : ms;
}
