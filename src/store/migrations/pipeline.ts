/** @file The tables of pipelines: their runs, steps, leases, and each step's last success. */
import type { SchemaModule } from "../adapter/sqlite.ts";

/** The tables of pipelines. Times are UTC milliseconds. */
export interface PipelineTables {
  readonly pipeline_run: {
    readonly id: string;
    readonly pipeline: string;
    /** Counts from 1 for each pipeline. */
    readonly number: number;
    readonly state: string;
    readonly started_at_ms: number;
    readonly ended_at_ms: number | null;
    /** Why the run failed, as a sentence. */
    readonly error: string | null;
  };
  readonly pipeline_step: {
    readonly run_id: string;
    readonly step: string;
    readonly position: number;
    readonly state: string;
    readonly milliseconds: number;
    readonly attempts: number;
    /** Why it was skipped or failed, as a sentence. */
    readonly reason: string | null;
    /** The output as JSON. */
    readonly output: string;
  };
  /** Which run of a pipeline is under way, and which process runs it. */
  readonly pipeline_lease: {
    readonly pipeline: string;
    readonly run_id: string;
    readonly host: string;
    readonly pid: number;
    readonly heartbeat_at_ms: number;
  };
  /** The last success of each step; it is removed when the step starts to run again. */
  readonly pipeline_success: {
    readonly pipeline: string;
    readonly step: string;
    readonly hash: string;
    readonly output: string;
    readonly run_number: number;
  };
}

/** Makes the tables of pipelines. */
export async function pipelines(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("pipeline_run")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("pipeline", "text", (c) => c.notNull())
    .addColumn("number", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("started_at_ms", "bigint", (c) => c.notNull())
    .addColumn("ended_at_ms", "bigint")
    .addColumn("error", "text")
    .addUniqueConstraint("pipeline_run_number", ["pipeline", "number"])
    .execute();
  await schema
    .createTable("pipeline_step")
    .addColumn("run_id", "text", (c) => c.notNull().references("pipeline_run.id"))
    .addColumn("step", "text", (c) => c.notNull())
    .addColumn("position", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("milliseconds", "bigint", (c) => c.notNull())
    .addColumn("attempts", "integer", (c) => c.notNull())
    .addColumn("reason", "text")
    .addColumn("output", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("pipeline_step_key", ["run_id", "step"])
    .execute();
  await schema
    .createTable("pipeline_lease")
    .addColumn("pipeline", "text", (c) => c.primaryKey())
    .addColumn("run_id", "text", (c) => c.notNull().references("pipeline_run.id"))
    .addColumn("host", "text", (c) => c.notNull())
    .addColumn("pid", "integer", (c) => c.notNull())
    .addColumn("heartbeat_at_ms", "bigint", (c) => c.notNull())
    .execute();
  await schema
    .createTable("pipeline_success")
    .addColumn("pipeline", "text", (c) => c.notNull())
    .addColumn("step", "text", (c) => c.notNull())
    .addColumn("hash", "text", (c) => c.notNull())
    .addColumn("output", "text", (c) => c.notNull())
    .addColumn("run_number", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("pipeline_success_key", ["pipeline", "step"])
    .execute();
}
