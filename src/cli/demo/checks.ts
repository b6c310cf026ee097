/** @file The demo's validations as files: suites, checkpoints, results and pages, in Great Expectations' layout. */
import { join } from "node:path";
import {
  checkFolder,
  type DocsResult,
  gate,
  runCheckpoint,
  type Suite,
  toDocsResult,
  writeDataDocs,
} from "../../check/index.ts";
import { folderBytes } from "../../store/index.ts";
import type { Columns, Frame } from "../../table/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { docsOf } from "../gx-folder.ts";

/** The folder of a workspace in which they are. */
export const checksFolder = ({ path }: Pick<Workspace, "path">): string => join(path, "checks");

/** The first page of the data docs. */
export const checksPage = (workspace: Pick<Workspace, "path">): string =>
  join(docsOf(checksFolder(workspace)), "index.html");

/** What is judged before it is written. */
export interface GateTask<C extends Columns> {
  readonly workspace: Workspace;
  /** The table that the rows are for. */
  readonly table: string;
  readonly suite: Suite<C>;
  /** The columns that name a row which fails. */
  readonly key: readonly (keyof C & string)[];
  /** The pipeline run, which the result carries. */
  readonly runId: string;
}

const named = (name: string) => ({ name, id: null });

/**
 * Judges rows on their way into a table by a checkpoint of the folder: the suite, the validation and
 * the checkpoint are written as files, the result is kept and its page written, whatever it says; then
 * a critical failure throws, so that nothing is written.
 *
 * @throws `check/failed-suite`
 */
export async function passGate<C extends Columns>(
  rows: Frame<C>,
  task: GateTask<C>,
): Promise<void> {
  const { workspace, table, suite, key, runId } = task;
  const at = checksFolder(workspace);
  const files = folderBytes(at);
  const folder = checkFolder(files);
  const definition = {
    ...named(`${table}.${suite.name}`),
    datasource: named("millrace"),
    asset: named(table),
    batchDefinition: named("whole table"),
    suite: named(suite.name),
  };
  const checkpoint = {
    ...named(suite.name),
    validations: [named(definition.name)],
    actions: [{ type: "update_data_docs", name: "update data docs", site_names: [] }],
    resultFormat: { result_format: "SUMMARY", unexpected_index_column_names: key } as const,
  };
  await folder.suites.write(suite);
  await folder.definitions.write(definition);
  await folder.checkpoints.write(checkpoint);
  const count = await rows.count();
  const found: DocsResult[] = [];
  await runCheckpoint(checkpoint, {
    definitions: [definition],
    suites: [suite],
    rows: () => rows,
    metaOf: () => ({ millrace: { table, version: null, rows: count } }),
    files,
    clock: workspace.clock,
    runName: runId,
    handlers: {
      update_data_docs: async ({ run_results }) => {
        found.push(...Object.values(run_results).map(toDocsResult));
        await writeDataDocs(folderBytes(docsOf(at)), {
          title: "Telco",
          suites: [suite],
          results: found,
        });
      },
    },
  });
  for (const { report } of found) gate(report);
}
