/** @file What MLflow's protocol keeps of registered models besides: their tags, and where versions of other programs come from. */
import type { SchemaModule } from "../adapter/sqlite.ts";

/** The tables of registered models that the protocol needs besides. */
export interface ModelProtocolTables {
  readonly registered_model_tag: {
    readonly name: string;
    readonly key: string;
    readonly value: string;
  };
}

/** Adds what clients of the protocol set of models and versions. */
export async function modelProtocol(schema: SchemaModule): Promise<void> {
  await schema
    .createTable("registered_model_tag")
    .addColumn("name", "text", (c) => c.notNull().references("registered_model.name"))
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("registered_model_tag_key", ["name", "key"])
    .execute();
  for (const [column, otherwise] of versionColumns)
    await schema
      .alterTable("model_version")
      .addColumn(column, "text", (c) => c.notNull().defaultTo(otherwise))
      .execute();
}

/** Texts of a version, each with what it is where nobody set it. */
const versionColumns = [
  ["source_uri", ""],
  ["storage_uri", ""],
  ["stage", "None"],
  ["user_id", ""],
  ["run_link", ""],
  ["model_id", ""],
] as const;
