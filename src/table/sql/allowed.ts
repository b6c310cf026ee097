/** @file Which functions a query of the lake may call: none that reaches files, settings or other queries' tables. */
import { fail } from "./errors.ts";
import type { References } from "./references.ts";

/** Functions that make rows of their arguments alone. */
const rowFunctions = new Set([
  "generate_series",
  "json_each",
  "json_tree",
  "range",
  "repeat",
  "repeat_row",
  "unnest",
]);

/** Whether a function makes rows of its arguments alone. */
export const isRowFunction = (name: string): boolean => rowFunctions.has(name);

/** Functions that read files; a query may call them only when it is told so. */
const fileFunctions = new Set([
  "glob",
  "parquet_file_metadata",
  "parquet_kv_metadata",
  "parquet_metadata",
  "parquet_scan",
  "parquet_schema",
  "read_blob",
  "read_csv",
  "read_csv_auto",
  "read_json",
  "read_json_auto",
  "read_json_objects",
  "read_json_objects_auto",
  "read_ndjson",
  "read_ndjson_auto",
  "read_ndjson_objects",
  "read_parquet",
  "read_text",
  "sniff_csv",
]);

const statements = "it shows other statements, and the paths in them";
const settings = "it shows settings of the process";
const catalogue = "it shows the engine's own tables; ask information_schema";
const effect = "it changes or stops the engine";

/** Functions of values that do more than make a value of their arguments, each with the reason against it. */
export const refusedFunctions: ReadonlyMap<string, string> = new Map([
  ["col_description", catalogue],
  ["current_connection_id", settings],
  ["current_query", statements],
  ["current_query_id", statements],
  ["current_setting", settings],
  ["current_transaction_id", settings],
  ["currval", effect],
  ["format_type", catalogue],
  ["get_block_size", catalogue],
  ["getvariable", settings],
  ["has_any_column_privilege", catalogue],
  ["json_execute_serialized_sql", statements],
  ["json_serialize_plan", "it plans another query, which may name files"],
  ["nextval", effect],
  ["obj_description", catalogue],
  ["pg_get_constraintdef", catalogue],
  ["pg_get_expr", catalogue],
  ["pg_get_viewdef", catalogue],
  ["pg_sleep", effect],
  ["setseed", effect],
  ["shobj_description", catalogue],
  ["sleep_ms", effect],
  ["txid_current", settings],
  ["write_log", effect],
]);

/** Refuses calls that a query may not make. Throws `table/unsupported-function`. */
export function checkCalls(
  { calls }: References,
  { files, placeOf }: { readonly files: boolean; readonly placeOf: (byte: number) => string },
): void {
  for (const { kind, name, byte } of calls) {
    const reason = reasonAgainst(kind, name, files);
    if (reason !== undefined)
      fail("table/unsupported-function", {
        at: placeOf(byte),
        name,
        reason,
        readsFiles: fileFunctions.has(name),
      });
  }
}

function reasonAgainst(kind: string, name: string, files: boolean): string | undefined {
  if (name === "table_changes") return "changes() of a table gives its change data feed";
  if (kind === "function") return refusedFunctions.get(name);
  if (kind === "show") return "SHOW is a statement of its own; ask information_schema in a query";
  if (rowFunctions.has(name) || (files && fileFunctions.has(name))) return undefined;
  if (fileFunctions.has(name)) return "it reads files";
  return "only functions that make rows of their arguments are known to be safe, such as range and unnest";
}

/** Whether a name in a FROM is one of a file, as the engine would read it. */
export const isFileName = (name: string): boolean =>
  /\.(csv|tsv|parquet|json|jsonl|ndjson)(\.(gz|zst))?$/i.test(name);
