/** @file The tables of registered models, their versions and aliases, and who did what. */
import type { Generated, SchemaModule } from "../adapter/sqlite.ts";

/** The tables of the registry. Times are UTC milliseconds; `deleted_at_ms` hides a row. */
export interface RegistryTables {
  readonly registered_model: {
    readonly name: string;
    readonly description: string;
    readonly created_at_ms: number;
    readonly updated_at_ms: number;
    readonly deleted_at_ms: number | null;
  };
  readonly model_version: {
    readonly name: string;
    readonly number: number;
    readonly run_id: string;
    readonly model_kind: string;
    readonly model_hash: string;
    /** The {@link Signature} as JSON. */
    readonly signature: string;
    /** The hash of each file by its path in the model folder, as JSON. */
    readonly files: string;
    /** The key in the byte store under which the files are, each under its hash; "" for a version of another program. */
    readonly source: string;
    /** Where another program says the version comes from: "runs:/1f…/model". */
    readonly source_uri: Generated<string>;
    /** Where its files are then. */
    readonly storage_uri: Generated<string>;
    /** "None", "Staging", "Production" or "Archived". */
    readonly stage: Generated<string>;
    readonly user_id: Generated<string>;
    readonly run_link: Generated<string>;
    /** The logged model that it is; "" where none is named. */
    readonly model_id: Generated<string>;
    readonly description: string;
    readonly created_at_ms: number;
    readonly updated_at_ms: number;
    readonly deleted_at_ms: number | null;
  };
  readonly model_version_metric: {
    readonly name: string;
    readonly number: number;
    readonly key: string;
    readonly value: number;
    /** SQLite has no NaN: `is_nan` is 1 and `value` 0 for it. */
    readonly is_nan: number;
  };
  readonly model_version_tag: {
    readonly name: string;
    readonly number: number;
    readonly key: string;
    readonly value: string;
  };
  readonly model_alias: { readonly name: string; readonly alias: string; readonly number: number };
  /** Rows are added here and never changed. `sequence` counts from 1 for each model. */
  readonly registry_audit: {
    readonly name: string;
    readonly sequence: number;
    readonly at_ms: number;
    readonly actor: string;
    readonly action: string;
    readonly alias: string | null;
    readonly from_number: number | null;
    readonly to_number: number | null;
    readonly reason: string;
  };
}

/** Makes the tables of the registry. */
export async function registry(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("registered_model")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("description", "text", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("updated_at_ms", "bigint", (c) => c.notNull())
    .addColumn("deleted_at_ms", "bigint")
    .execute();
  await schema
    .createTable("model_version")
    .addColumn("name", "text", (c) => c.notNull().references("registered_model.name"))
    .addColumn("number", "integer", (c) => c.notNull())
    .addColumn("run_id", "text", (c) => c.notNull())
    .addColumn("model_kind", "text", (c) => c.notNull())
    .addColumn("model_hash", "text", (c) => c.notNull())
    .addColumn("signature", "text", (c) => c.notNull())
    .addColumn("files", "text", (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("description", "text", (c) => c.notNull())
    .addColumn("created_at_ms", "bigint", (c) => c.notNull())
    .addColumn("updated_at_ms", "bigint", (c) => c.notNull())
    .addColumn("deleted_at_ms", "bigint")
    .addPrimaryKeyConstraint("model_version_key", ["name", "number"])
    .execute();
  await ofVersion(schema, "model_version_metric")
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("value", "double precision", (c) => c.notNull())
    .addColumn("is_nan", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("model_version_metric_key", ["name", "number", "key"])
    .execute();
  await ofVersion(schema, "model_version_tag")
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("model_version_tag_key", ["name", "number", "key"])
    .execute();
  await ofVersion(schema, "model_alias")
    .addColumn("alias", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("model_alias_key", ["name", "alias"])
    .execute();
  await audit(schema);
}

/** A table whose rows belong to a version. */
function ofVersion(schema: SchemaModule, table: string) {
  return schema
    .createTable(table)
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("number", "integer", (c) => c.notNull())
    .addForeignKeyConstraint(`${table}_version`, ["name", "number"], "model_version", [
      "name",
      "number",
    ]);
}

async function audit(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("registry_audit")
    .addColumn("name", "text", (c) => c.notNull().references("registered_model.name"))
    .addColumn("sequence", "integer", (c) => c.notNull())
    .addColumn("at_ms", "bigint", (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("alias", "text")
    .addColumn("from_number", "integer")
    .addColumn("to_number", "integer")
    .addColumn("reason", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("registry_audit_key", ["name", "sequence"])
    .execute();
}
