/** @file The tables of searches: studies, what their params may be, and their trials. */
import type { SchemaModule } from "../adapter/sqlite.ts";

/** The tables of searches. Times are UTC milliseconds. */
export interface StudyTables {
  readonly study: {
    readonly id: string;
    readonly name: string;
    /** The format of the study's rows. */
    readonly format: number;
    /** Metrics and directions as JSON. */
    readonly objectives: string;
    readonly seed: number;
    readonly created_at_ms: number;
    /** The run of which the trials' runs are children. */
    readonly run_id: string | null;
    /** Counts the changes, so that a process can ask for those that it has not seen. */
    readonly revision: number;
  };
  readonly study_param: {
    readonly study_id: string;
    readonly name: string;
    readonly position: number;
    /** What the param may be, as JSON. */
    readonly spec: string;
  };
  readonly trial: {
    readonly study_id: string;
    /** Counts from 0 for each study. */
    readonly number: number;
    readonly state: string;
    /** The revision of the study with which this row was written. */
    readonly revision: number;
    readonly started_at_ms: number | null;
    readonly ended_at_ms: number | null;
    readonly heartbeat_at_ms: number | null;
    readonly run_id: string | null;
    readonly error: string | null;
    /** Params as codes, values, steps and all else, as JSON. */
    readonly content: string;
  };
}

/** Makes the tables of searches. */
export async function studies(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("study")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("name", "text", (c) => c.notNull().unique())
    .addColumn("format", "integer", (c) => c.notNull())
    .addColumn("objectives", "text", (c) => c.notNull())
    .addColumn("seed", "double precision", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("run_id", "text")
    .addColumn("revision", "bigint", (c) => c.notNull())
    .execute();
  await schema
    .createTable("study_param")
    .addColumn("study_id", "text", (c) => c.notNull().references("study.id"))
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("position", "integer", (c) => c.notNull())
    .addColumn("spec", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("study_param_key", ["study_id", "name"])
    .execute();
  await schema
    .createTable("trial")
    .addColumn("study_id", "text", (c) => c.notNull().references("study.id"))
    .addColumn("number", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("revision", "bigint", (c) => c.notNull())
    .addColumn("started_at_ms", "bigint")
    .addColumn("ended_at_ms", "bigint")
    .addColumn("heartbeat_at_ms", "bigint")
    .addColumn("run_id", "text")
    .addColumn("error", "text")
    .addColumn("content", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("trial_key", ["study_id", "number"])
    .execute();
  await schema
    .createIndex("trial_by_revision")
    .on("trial")
    .columns(["study_id", "revision"])
    .execute();
}
