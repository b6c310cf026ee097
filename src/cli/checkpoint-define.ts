/** @file Writes the validations of a checkpoint, and the checkpoint, as Great Expectations reads them. */
import type { CheckFolder } from "../check/index.ts";
import type { Lake } from "../table/index.ts";

/** Validations to write: suites of the folder, by the tables they judge. */
export interface CheckpointDraft {
  readonly folder: CheckFolder;
  readonly lake: Lake;
  readonly name: string;
  readonly defined: ReadonlyMap<string, string>;
}

const named = (name: string) => ({ name, id: null });

/**
 * Writes a validation for each table, named `<table>.<suite>`, and a checkpoint that runs them all,
 * names rows by the tables' keys and updates the data docs. What was there of these names is replaced,
 * so that doing it again changes nothing.
 *
 * @throws `table/missing-table`, `check/missing-definition` for a suite, before anything is written
 */
export async function defineCheckpoint(draft: CheckpointDraft): Promise<void> {
  const { folder, lake, name, defined } = draft;
  const keys = new Set<string>();
  const definitions = [];
  for (const [table, suite] of defined) {
    const { columns } = await lake.schemaOf(table);
    for (const [column, { key }] of Object.entries(columns)) if (key === true) keys.add(column);
    await folder.suites.read(suite);
    definitions.push({
      ...named(`${table}.${suite}`),
      datasource: named("millrace"),
      asset: named(table),
      batchDefinition: named("whole table"),
      suite: named(suite),
    });
  }
  // One list of columns serves all validations: with several tables it would fail on those without.
  const index = definitions.length === 1 ? [...keys] : [];
  for (const definition of definitions) await folder.definitions.write(definition);
  await folder.checkpoints.write({
    ...named(name),
    validations: definitions.map((definition) => named(definition.name)),
    actions: [{ type: "update_data_docs", name: "update data docs", site_names: [] }],
    resultFormat:
      index.length === 0
        ? "SUMMARY"
        : { result_format: "SUMMARY", unexpected_index_column_names: index },
  });
}
