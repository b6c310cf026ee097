/** @file The sketch of a table, from sketches of its data files that are kept beside it. */
import { checkNames, hashOfJson, isMillraceError } from "../../core/index.ts";
import type { AtVersion, Lake, TablePart } from "../../table/index.ts";
import { sketched, sketchRows } from "./sketch-rows.ts";
import { formatSketch, mergeSketches, parseSketch, type TableSketch } from "./table-sketch.ts";

/** Which table is sketched, at which version. */
export interface SketchTableOptions extends AtVersion {
  readonly lake: Lake;
  readonly table: string;
}

/** The sketch of a table, and what it took. */
export interface SketchedTable {
  readonly sketch: TableSketch;
  readonly files: number;
  /** Files whose rows were read, because they had no sketch. */
  readonly readFiles: number;
}

/**
 * The sketch of a version of a table. Each data file is sketched once; its sketch stays in the table's folder
 * under `_millrace/sketches`, where no reader of Delta Lake and no vacuum looks, and is taken from there by
 * whoever compares later: of a year of data only what is new is read. Files never change, and one that lost
 * rows is another file, so a sketch is never stale. Where nothing may be written nothing is kept.
 *
 * @param options - The lake, the table's name, and a version or a moment.
 * @returns The sketch, merged in the order of the files' hashes, so that it has the same bytes each time.
 * @throws `table/missing-table`, `table/missing-version`, `table/missing-moment`, `option/unknown-name`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * await lake.table("demo.s", schema("s", { x: int() })).append([{ x: 1 }, { x: 2 }]);
 * (await sketchTable({ lake, table: "demo.s" })).readFiles // => 1
 * (await sketchTable({ lake, table: "demo.s" })).readFiles // => 0
 * ```
 */
export async function sketchTable(options: SketchTableOptions): Promise<SketchedTable> {
  checkNames("sketchTable", options, ["lake", "table", "version", "at"]);
  const { lake, table: name, ...at } = options;
  const schema = await lake.schemaOf(name);
  const table = lake.table(name, schema);
  const { columns } =
    at.version === undefined && at.at === undefined ? schema : (await table.detail(at)).schema;
  const parts = await lake.table(name, { ...schema, columns }).parts(at);
  const kinds = sketched({ schema: { name, columns } }).map((column) => [
    column,
    columns[column]?.kind ?? null,
  ]);
  const { bytes, folder } = lake.place(name);
  let sketch: TableSketch | undefined;
  let readFiles = 0;
  const ordered = parts.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  for (const part of ordered) {
    const key = `${folder}/_millrace/sketches/${fileOf(part, kinds)}`;
    const kept = await bytes.get(key).then(parseSketch, missingBytes);
    const own = kept ?? (await sketchRows(part.rows));
    if (kept === undefined) {
      readFiles += 1;
      await bytes.put(key, formatSketch(own)).catch(notKept);
    }
    sketch = sketch === undefined ? own : mergeSketches(sketch, own);
  }
  sketch ??= await sketchRows(await lake.table(name, { ...schema, columns }).read(at));
  return { sketch, files: parts.length, readFiles };
}

/** A sketch belongs to a file and to the columns and kinds it is of: a table that grew is sketched again. */
function fileOf(part: TablePart, kinds: readonly (readonly (string | null)[])[]): string {
  const hash = hashOfJson([part.hash, kinds.map((pair) => [...pair])]);
  return `${hash.slice("sha256:".length)}.json`;
}

function missingBytes(error: unknown): undefined {
  if (isMillraceError(error, "store/missing-bytes")) return undefined;
  throw error;
}

/** A workspace may be for reading only: then a sketch is made again the next time. */
function notKept(error: unknown): void {
  if (!isMillraceError(error, "store/failed-write")) throw error;
}
