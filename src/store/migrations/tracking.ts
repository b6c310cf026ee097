/** @file The tables of experiments and runs; their columns are what MLflow's protocol speaks of. */
import type { Generated, SchemaModule } from "../adapter/sqlite.ts";

/** The tables of experiments and runs. Times are UTC milliseconds; `deleted_at_ms` hides a row. */
export interface TrackingTables {
  readonly experiment: {
    readonly id: string;
    readonly name: string;
    readonly created_at_ms: number;
    readonly updated_at_ms: number;
    readonly deleted_at_ms: number | null;
    /** Where the artifacts of new runs go, as an address; "" for the store's own place. */
    readonly artifact_location: Generated<string>;
  };
  readonly experiment_tag: {
    readonly experiment_id: string;
    readonly key: string;
    readonly value: string;
  };
  readonly run: {
    readonly id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly status: string;
    readonly started_at_ms: number;
    readonly ended_at_ms: number | null;
    readonly deleted_at_ms: number | null;
    /** The key in the byte store under which the run's artifacts are. */
    readonly artifact_root: string;
    /** The address of the artifacts where they are not in the store; else "". */
    readonly artifact_location: Generated<string>;
    readonly user_id: Generated<string>;
  };
  readonly param: { readonly run_id: string; readonly key: string; readonly value: string };
  readonly run_tag: { readonly run_id: string; readonly key: string; readonly value: string };
  /** Every value that was logged. SQLite has no NaN: `is_nan` is 1 and `value` 0 for it. */
  readonly metric: MetricRow;
  /** The last value of each metric of each run. */
  readonly latest_metric: MetricRow;
}

/** One value of a metric. */
export interface MetricRow {
  readonly run_id: string;
  readonly key: string;
  readonly step: number;
  readonly at_ms: number;
  readonly value: number;
  readonly is_nan: number;
}

/** Makes the tables of experiments and runs. */
export async function tracking(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("experiment")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull().unique())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("updated_at_ms", "bigint", (c) => c.notNull())
    .addColumn("deleted_at_ms", "bigint")
    .execute();
  await schema
    .createTable("run")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("experiment_id", "text", (c) => c.notNull().references("experiment.id"))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("started_at_ms", "bigint", (c) => c.notNull())
    .addColumn("ended_at_ms", "bigint")
    .addColumn("deleted_at_ms", "bigint")
    .addColumn("artifact_root", "text", (c) => c.notNull())
    .execute();
  await schema
    .createIndex("run_by_experiment")
    .on("run")
    .columns(["experiment_id", "started_at_ms"])
    .execute();
  await schema
    .createTable("experiment_tag")
    .addColumn("experiment_id", "text", (c) => c.notNull().references("experiment.id"))
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("experiment_tag_key", ["experiment_id", "key"])
    .execute();
  await texts(schema, "param");
  await texts(schema, "run_tag");
  await metrics(schema, "metric", ["run_id", "key", "step", "at_ms", "value", "is_nan"]);
  await metrics(schema, "latest_metric", ["run_id", "key"]);
}

/** A table of a run's texts by key. */
async function texts(schema: SchemaModule, table: string): Promise<void> {
  await schema
    .createTable(table)
    .addColumn("run_id", "text", (c) => c.notNull().references("run.id"))
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ["run_id", "key"])
    .execute();
}

async function metrics(
  schema: SchemaModule,
  table: string,
  primary: readonly (keyof MetricRow)[],
): Promise<void> {
  await schema
    .createTable(table)
    .addColumn("run_id", "text", (c) => c.notNull().references("run.id"))
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("step", "bigint", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .addColumn("value", "double precision", (c) => c.notNull())
    .addColumn("is_nan", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, [...primary])
    .execute();
}
