/** @file JSON lines as a SELECT: one object a line, its keys the columns. */
import { plainPath, quoteName, quoteText } from "../sql-text.ts";
import { messageOf } from "./csv.ts";
import { fail } from "./errors.ts";
import { checkTwins } from "./header.ts";
import { inferTexts } from "./infer.ts";
import { lineOfRecord } from "./locate.ts";
import type { Reader, ReaderSource } from "./reader.ts";

/**
 * Reads JSON lines. One pass finds the keys of all rows and refuses what is not an object, repeats
 * a key, or is longer than a row may be. Numbers and nested values are kept as their JSON text;
 * null and a key that is not there are missing.
 *
 * @throws `table/corrupt-text`, `table/missing-rows`, `table/duplicate-column`, `table/unsupported-list`
 */
export async function jsonReader(source: ReaderSource): Promise<Reader> {
  const { engine, file, head } = source;
  if (/^\s*\[/.test(head)) fail("table/unsupported-list", { file });
  const rethrow = (cause: unknown): Promise<never> => rethrowJson(source, cause);
  const found = await engine.query(keysSql(source)).catch(rethrow);
  const names = found.map((row) => String(row["key"]));
  if (names.length === 0) fail("table/missing-rows", { file, what: "no line has a key" });
  if (names.includes(""))
    fail("table/corrupt-text", { file, line: 1, reason: "a key is empty, so it names no column" });
  checkTwins(names, file);
  const paths = names.map((name) => quoteText(pointer(name))).join(", ");
  const select = (extract: string, types: ReadonlyMap<string, string>): string => {
    const columns = names.map((name, i) => {
      const type = types.get(name) ?? "VARCHAR";
      return `cells[${i + 1}]${type === "VARCHAR" ? "" : `::${type}`} AS ${quoteName(name)}`;
    });
    return `SELECT ${columns.join(", ")} FROM (
      SELECT ${extract}(json, [${paths}]) AS cells FROM ${rowsOf(source)})`;
  };
  return {
    names,
    sql: (types) => select("json_extract_string", types),
    infer: () => inferTexts(engine, { names, sql: select("json_extract", new Map()) }, unquoted),
    rethrow,
  };
}

/** Not `read_json`, which recurses into nested values and ends the process when they are deep. */
const rowsOf = ({ path, gzip, plan }: ReaderSource): string =>
  `read_json_objects(${quoteText(plainPath(path))}, format = 'newline_delimited',
    maximum_object_size = ${Math.max(plan.limits.rowBytes, 1_000_000)},
    compression = '${gzip ? "gzip" : "uncompressed"}')`;

/** A key as a JSON pointer (RFC 6901). */
const pointer = (key: string): string => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;

const recordMark = "millrace, record ";

function keysSql(source: ReaderSource): string {
  const { rowBytes } = source.plan.limits;
  const refuse = (reason: string): string =>
    `error(${quoteText(recordMark)} || n || ': ${reason}')`;
  return `SELECT key, min(n * 1000000 + place) AS first FROM (
    SELECT n, unnest(keys) AS key, generate_subscripts(keys, 1) AS place FROM (
      SELECT n, CASE
        WHEN strlen(json) > ${rowBytes} THEN ${refuse(`a row is longer than ${rowBytes} bytes`)}
        WHEN json_type(json) <> 'OBJECT' THEN ${refuse("a line is not an object")}
        WHEN len(list_distinct(keys)) < len(keys) THEN ${refuse("a key stands twice")}
        ELSE keys END AS keys
      FROM (SELECT row_number() OVER () AS n, json, json_keys(json) AS keys FROM ${rowsOf(source)})))
    GROUP BY key ORDER BY first`;
}

/** A JSON string that is not a time stays text: only numbers and booleans of JSON are typed. */
function unquoted(json: string): string | null {
  if (!json.startsWith('"')) return json === "null" ? null : json;
  const text = JSON.parse(json) as string;
  return /^\d{4}-\d\d-\d\d/.test(text) ? text : `"${text}`;
}

/** Throws the engine's complaint about a JSON file as ours. Throws `table/corrupt-text`. */
async function rethrowJson(source: ReaderSource, cause: unknown): Promise<never> {
  const { file } = source;
  const message = messageOf(cause);
  const ours = /millrace, record (\d+): (.*)/.exec(message);
  const bad = /Malformed JSON .* in line (\d+): (.*)/.exec(message);
  if (ours !== null) {
    const line = await lineOfRecord(source, Number(ours[1]));
    return fail("table/corrupt-text", { file, line, reason: ours[2] ?? "" }, { cause });
  }
  if (bad !== null) {
    const line = Math.max(1, Number(bad[1]) - 1); // the engine counts the line after
    const said =
      bad[2]
        ?.trim()
        .replace(/\. Try .*/, "")
        .replace(/\.+$/, "") ?? "";
    const more = said.includes("unexpected end") ? "; expected a whole object on each line" : "";
    const reason = `this is not JSON: ${said}${more}`;
    return fail("table/corrupt-text", { file, line, reason }, { cause });
  }
  if (message.includes("maximum_object_size")) {
    const reason = `a row is longer than ${source.plan.limits.rowBytes} bytes`;
    return fail("table/corrupt-text", { file, line: 1, reason }, { cause });
  }
  throw cause;
}
