/** @file What MLflow's protocol keeps besides: places of artifacts, who ran a run, data sets, and the indexes of searches. */
import type { SchemaModule } from "../adapter/sqlite.ts";

/** The tables of what runs took in. */
export interface ProtocolTables {
  /** A data set of an experiment, known by its name and digest. */
  readonly dataset: {
    readonly id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly digest: string;
    readonly source_type: string;
    readonly source: string;
    readonly schema: string | null;
    readonly profile: string | null;
  };
  /** Which data sets a run took in, in the order in which they were logged. */
  readonly run_dataset: {
    readonly run_id: string;
    readonly dataset_id: string;
    readonly position: number;
  };
  readonly run_dataset_tag: {
    readonly run_id: string;
    readonly dataset_id: string;
    readonly key: string;
    readonly value: string;
  };
  /** Which models a run took in ("input") or made ("output"). */
  readonly run_model: {
    readonly run_id: string;
    readonly model_id: string;
    readonly direction: string;
    readonly step: number;
  };
}

/** Makes the tables of what runs took in, and adds the columns that clients of the protocol set. */
export async function protocol(schema: SchemaModule): Promise<void> {
  // Where the artifacts of new runs go, as an address; "" for the store's own place.
  await schema
    .alterTable("experiment")
    .addColumn("artifact_location", "text", (c) => c.notNull().defaultTo(""))
    .execute();
  await schema
    .alterTable("run")
    .addColumn("user_id", "text", (c) => c.notNull().defaultTo(""))
    .execute();
  // An address where `artifact_root` is not in the store; "" where it is.
  await schema
    .alterTable("run")
    .addColumn("artifact_location", "text", (c) => c.notNull().defaultTo(""))
    .execute();
  await schema
    .createTable("dataset")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("experiment_id", "text", (c) => c.notNull().references("experiment.id"))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("source_type", "text", (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("schema", "text")
    .addColumn("profile", "text")
    .addUniqueConstraint("dataset_name", ["experiment_id", "name", "digest"])
    .execute();
  await schema
    .createTable("run_dataset")
    .addColumn("run_id", "text", (c) => c.notNull().references("run.id"))
    .addColumn("dataset_id", "text", (c) => c.notNull().references("dataset.id"))
    .addColumn("position", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("run_dataset_key", ["run_id", "dataset_id"])
    .execute();
  await schema
    .createTable("run_dataset_tag")
    .addColumn("run_id", "text", (c) => c.notNull())
    .addColumn("dataset_id", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("run_dataset_tag_key", ["run_id", "dataset_id", "key"])
    .execute();
  await schema
    .createTable("run_model")
    .addColumn("run_id", "text", (c) => c.notNull().references("run.id"))
    .addColumn("model_id", "text", (c) => c.notNull())
    .addColumn("direction", "text", (c) => c.notNull())
    .addColumn("step", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("run_model_key", ["run_id", "model_id", "direction"])
    .execute();
  await schema
    .createIndex("latest_metric_by_value")
    .on("latest_metric")
    .columns(["key", "is_nan", "value", "run_id"])
    .execute();
  await schema
    .createIndex("run_tag_by_value")
    .on("run_tag")
    .columns(["key", "value", "run_id"])
    .execute();
  await schema
    .createIndex("param_by_value")
    .on("param")
    .columns(["key", "value", "run_id"])
    .execute();
}
