/** @file The forms in which MLflow's clients send rows, read as rows. */
import { didYouMean, list, quote } from "../core/index.ts";
import { fail } from "./errors.ts";

const forms = ["dataframe_records", "dataframe_split", "instances", "inputs"] as const;
type Form = (typeof forms)[number];
type Fields = Readonly<Record<string, unknown>>;

/** At most so many rows are answered in one request. */
export const maxRows = 10_000;

/**
 * Reads the rows of a request in any of MLflow's four forms. The cells are not looked at; the
 * endpoint checks them.
 *
 * - `dataframe_records`: a list of rows
 * - `dataframe_split`: `{ columns: [names], data: [lists of cells] }`; an `index` is left out
 * - `instances`: a list of rows
 * - `inputs`: a list of rows, one row, or `{ name: [cells of the column] }`
 *
 * @throws `server/mismatch-body`, `server/out-of-range-rows`
 * @see MLflow 3, "Local inference server specification".
 */
export function readRows(body: unknown): readonly unknown[] {
  const form = formOf(body);
  const rows = readForm(form.name, form.content);
  if (rows.length < 1 || rows.length > maxRows)
    fail("server/out-of-range-rows", { rows: rows.length, limit: maxRows });
  return rows;
}

function formOf(body: unknown): { readonly name: Form; readonly content: unknown } {
  const expected = `an object with one of the keys ${list(forms)}`;
  if (!isFields(body))
    return fail("server/mismatch-body", { at: "the body", expected, got: wordFor(body) });
  const keys = Object.keys(body).filter((key) => !(key === "params" && isEmpty(body[key])));
  const [key = ""] = keys;
  const name = forms.find((form) => form === key);
  if (name !== undefined && keys.length === 1) return { name, content: body[name] };
  const got = keys.length === 0 ? "an empty object" : `the keys ${list(keys)}`;
  const hint = keys.map((given) => didYouMean(given, forms)).find((words) => words !== "") ?? "";
  return fail("server/mismatch-body", { at: "the body", expected, got: `${got}.${hint}` });
}

function readForm(name: Form, content: unknown): readonly unknown[] {
  if (name === "dataframe_split") return readSplit(content);
  if (Array.isArray(content)) return content;
  if (name === "inputs" && isFields(content)) return readColumns(content);
  const expected = name === "inputs" ? "rows, a row or lists by column" : "a list of rows";
  return fail("server/mismatch-body", { at: name, expected, got: wordFor(content) });
}

function readSplit(content: unknown): readonly unknown[] {
  const at = "dataframe_split";
  const { columns, data } = isFields(content) ? content : {};
  const names = Array.isArray(columns) ? columns.map(String) : undefined;
  if (names === undefined || !Array.isArray(data))
    return fail("server/mismatch-body", {
      at,
      expected: '"columns" and "data", both lists',
      got: isFields(content) ? `the keys ${list(Object.keys(content))}` : wordFor(content),
    });
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined)
    fail("server/mismatch-body", {
      at: `${at}, columns`,
      expected: "each name once",
      got: `${quote(twin)} twice`,
    });
  return data.map((cells: unknown, i) => {
    if (!Array.isArray(cells) || cells.length !== names.length)
      return fail("server/mismatch-body", {
        at: `${at}, row ${i}`,
        expected: `a list of ${names.length} cells`,
        got: Array.isArray(cells) ? `one of ${cells.length}` : wordFor(cells),
      });
    return Object.fromEntries(names.map((name, k) => [name, cells[k] as unknown]));
  });
}

/** Lists by column; when no value is a list, it is one row. */
function readColumns(content: Fields): readonly unknown[] {
  const columns = Object.entries(content);
  if (!columns.some(([, values]) => Array.isArray(values))) return [content];
  const rows = Math.max(
    ...columns.map(([, values]) => (Array.isArray(values) ? values.length : 0)),
  );
  for (const [name, values] of columns)
    if (!Array.isArray(values) || values.length !== rows)
      fail("server/mismatch-body", {
        at: `inputs, column ${quote(name)}`,
        expected: `a list of ${rows} cells, as the longest column has`,
        got: Array.isArray(values) ? `one of ${values.length}` : wordFor(values),
      });
  if (rows > maxRows) fail("server/out-of-range-rows", { rows, limit: maxRows });
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(columns.map(([name, values]) => [name, (values as unknown[])[i]])),
  );
}

/** Whether a value is an object with names. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isEmpty = (value: unknown): boolean =>
  value === null || (isFields(value) && Object.keys(value).length === 0);

/** What a value is, in a word. */
export function wordFor(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
