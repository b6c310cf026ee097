/** @file The table of who scored which test rows. */
import type { SchemaModule } from "../adapter/sqlite.ts";

/** Rows are added here and never changed. `sequence` counts from 1 for each study. */
export interface TestLogTables {
  readonly test_access: {
    readonly study: string;
    readonly sequence: number;
    readonly at_ms: number;
    readonly rows_hash: string;
    readonly model_hash: string;
    /** Why they were scored again; null the first time, and of the same model. */
    readonly again: string | null;
  };
}

/** Makes the table of the test log. */
export async function testLog(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("test_access")
    .addColumn("study", "text", (c) => c.notNull())
    .addColumn("sequence", "integer", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .addColumn("rows_hash", "text", (c) => c.notNull())
    .addColumn("model_hash", "text", (c) => c.notNull())
    .addColumn("again", "text")
    .addPrimaryKeyConstraint("test_access_key", ["study", "sequence"])
    .execute();
}
