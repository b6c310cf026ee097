/** @file The tables of logged models: models as things of their own, with their params, tags and metrics. */
import type { SchemaModule } from "../adapter/sqlite.ts";

/** The tables of logged models. Times are UTC milliseconds; `deleted_at_ms` hides a row. */
export interface LoggedModelTables {
  readonly logged_model: {
    readonly id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly model_type: string;
    /** "pending", "ready" or "failed". */
    readonly status: string;
    readonly source_run_id: string;
    readonly created_at_ms: number;
    readonly updated_at_ms: number;
    readonly deleted_at_ms: number | null;
    /** The key in the byte store under which its files are, where `artifact_location` is "". */
    readonly artifact_root: string;
    readonly artifact_location: string;
  };
  readonly logged_model_param: LoggedModelText;
  readonly logged_model_tag: LoggedModelText;
  /** SQLite has no NaN: `is_nan` is 1 and `value` 0 for it. */
  readonly logged_model_metric: {
    readonly model_id: string;
    readonly run_id: string;
    readonly key: string;
    readonly step: number;
    readonly at_ms: number;
    readonly value: number;
    readonly is_nan: number;
    readonly dataset_name: string;
    readonly dataset_digest: string;
  };
}

interface LoggedModelText {
  readonly model_id: string;
  readonly key: string;
  readonly value: string;
}

/** What tells a point of a metric from another: all of it. */
const pointKey = [
  "model_id",
  "run_id",
  "key",
  "step",
  "at_ms",
  "value",
  "is_nan",
  "dataset_name",
  "dataset_digest",
] as const;

/** Makes the tables of logged models. */
export async function loggedModels(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("logged_model")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("experiment_id", "text", (c) => c.notNull().references("experiment.id"))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("model_type", "text", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("source_run_id", "text", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("updated_at_ms", "bigint", (c) => c.notNull())
    .addColumn("deleted_at_ms", "bigint")
    .addColumn("artifact_root", "text", (c) => c.notNull())
    .addColumn("artifact_location", "text", (c) => c.notNull())
    .execute();
  await schema
    .createIndex("logged_model_by_experiment")
    .on("logged_model")
    .columns(["experiment_id", "created_at_ms"])
    .execute();
  for (const table of ["logged_model_param", "logged_model_tag"])
    await schema
      .createTable(table)
      .addColumn("model_id", "text", (c) => c.notNull().references("logged_model.id"))
      .addColumn("key", "text", (c) => c.notNull())
      .addColumn("value", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_key`, ["model_id", "key"])
      .execute();
  await schema
    .createTable("logged_model_metric")
    .addColumn("model_id", "text", (c) => c.notNull().references("logged_model.id"))
    .addColumn("run_id", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("step", "bigint", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .addColumn("value", "double precision", (c) => c.notNull())
    .addColumn("is_nan", "integer", (c) => c.notNull())
    .addColumn("dataset_name", "text", (c) => c.notNull())
    .addColumn("dataset_digest", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("logged_model_metric_key", [...pointKey])
    .execute();
}
