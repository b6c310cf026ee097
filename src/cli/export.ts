/** @file `millrace export`: the rows of a table into a file that other programs read. */
import { rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { count } from "../core/index.ts";
import { isTechnicalColumn, quoteText, type Schema } from "../table/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { namesOf } from "./options.ts";
import { stoppable } from "./stoppable.ts";
import { atOptions, atVersion, tableArgument, withTable } from "./table-option.ts";
import { size, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

/** How each ending is written. */
const formats: readonly (readonly [RegExp, string])[] = [
  [/\.csv(\.gz)?$/i, "FORMAT csv, HEADER true"],
  [/\.tsv(\.gz)?$/i, "FORMAT csv, HEADER true, DELIMITER '\t'"],
  [/\.(jsonl|ndjson)(\.gz)?$/i, "FORMAT json, ARRAY false"],
  [/\.json$/i, "FORMAT json, ARRAY true"],
  [/\.parquet$/i, "FORMAT parquet, COMPRESSION zstd, WRITE_BLOOM_FILTER false"],
];

export const exportTable = command({
  name: "export",
  summary: "Write the rows of a table as CSV, JSON or Parquet.",
  about: [
    "The ending of the file says how: .csv, .tsv, .parquet, .jsonl (an object a line, which ingest reads),",
    "or .json (one list, which ingest does not read); texts may end in .gz. The columns that say how a row",
    "came, such as _loaded_at, are left out unless --technical or --columns names them. The file appears",
    "when it is whole. To export what a query gives, see sql.",
  ],
  arguments: {
    table: tableArgument,
    file: { type: "string", help: "the file to write" },
  },
  options: {
    columns: { type: "string", many: true, value: "A,B", help: "only these, in this order" },
    technical: {
      type: "boolean",
      default: false,
      help: "write the technical columns too: _loaded_at, _row_id, _rescued …",
    },
    overwrite: { type: "boolean", default: false, help: "replace a file that is there" },
    ...atOptions,
    dir,
  },
  examples: [
    "export telco.silver silver.csv",
    "export telco.silver silver.jsonl.gz --columns customer_id,churn",
    "export telco.bronze old.parquet --version 0 --technical",
  ],
  run: async ({ table, file, dir, columns, technical, overwrite, ...at }, { reporter, signal }) => {
    const form = formats.find(([ending]) => ending.test(file))?.[1];
    if (form === undefined) return fail("cli/unsupported-ending", { file });
    const path = resolve(file);
    await checkPlace(path, overwrite);
    return withTable({ table, dir }, async ({ lake, table: opened }) => {
      const { version, schema } = await opened.detail(atVersion("export", at));
      const given = namesOf(columns);
      const all = Object.keys(schema.columns);
      const usual = technical ? all : withoutTechnical(all);
      const chosen = given.length === 0 ? usual : given;
      const leftOut = given.length === 0 ? all.filter((name) => !usual.includes(name)) : [];
      const narrow = narrowed(schema, chosen);
      const rows = await lake.table(table, narrow).read({ version });
      const part = `${path}.${process.pid}.part`;
      const gzip = /\.gz$/i.test(path) ? ", COMPRESSION gzip" : "";
      try {
        await reporter.stage(
          `export ${table}`,
          () =>
            stoppable({ engine: lake.engine, signal }, () =>
              lake.engine.run(`COPY (${rows.sql}) TO ${quoteText(part)} (${form}${gzip})`),
            ),
          () => null,
        );
        await rename(part, path);
      } finally {
        await rm(part, { force: true });
      }
      const written = await stat(path);
      const facts = { rows: await rows.count(), sizeBytes: written.size, columns: chosen, leftOut };
      return { table, version, file: path, ...facts };
    });
  },
  render: ({ table, version, file, rows, sizeBytes, leftOut }, { width }) => [
    `${file}: ${count(rows, "row")} of ${table} version ${version}, ${size(sizeBytes)}`,
    ...(leftOut.length === 0
      ? []
      : wrap(
          `left out, being technical: ${leftOut.join(", ")}; --technical writes them`,
          Math.min(width, 100),
        )),
  ],
});

/** The columns that are not technical; all of them where there are no others. */
function withoutTechnical(names: readonly string[]): readonly string[] {
  const own = names.filter((name) => !isTechnicalColumn(name));
  return own.length === 0 ? names : own;
}

/** Refuses a file that is there, and a folder that is not, before anything is read. */
async function checkPlace(path: string, overwrite: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) fail("cli/conflict-file", { path, reason: "it is a folder" });
  if (found !== undefined && !overwrite)
    fail("cli/conflict-file", { path, reason: "it is there already; --overwrite replaces it" });
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true) fail("cli/missing-folder", { path: dirname(path) });
}

/** The schema with some columns only. Throws `table/unknown-column`. */
function narrowed(schema: Schema, names: readonly string[]): Schema {
  const columns = Object.entries(schema.columns);
  const chosen = names.map((column) => {
    const found = columns.find(([name]) => name === column);
    const known = columns.map(([name]) => name);
    return found ?? failTable("table/unknown-column", { at: "export", column, columns: known });
  });
  return { ...schema, columns: Object.fromEntries(chosen) };
}
