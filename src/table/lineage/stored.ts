/** @file The lineage of a write as it stands in its commit: JSON, with a format number. */
import {
  allSources,
  type ColumnSource,
  type Derived,
  type LineageSource,
  type RowOrigin,
  sourceKey,
} from "./origin.ts";

/** What a write does to the rows that were there. */
export type WriteLineage =
  /** Adds to them, or changes some. */
  | { readonly effect: "add"; readonly origin: RowOrigin }
  /** Takes all of them out. */
  | { readonly effect: "replace"; readonly origin: RowOrigin }
  /** Makes the table what it was. */
  | { readonly effect: "restore"; readonly version: number };

type StoredColumn = readonly [source: number, column: string];

/** {@link WriteLineage} in a commit. A column stands in `same` or in `columns`, or has no source. */
export interface StoredLineage {
  readonly format: 1;
  readonly effect: WriteLineage["effect"];
  /** The version, for "restore". */
  readonly version?: number;
  readonly sources?: readonly LineageSource[];
  /** Columns that come from the columns of the same name in some sources, by their places in `sources`. */
  readonly same?: { readonly sources: readonly number[]; readonly columns: readonly string[] };
  readonly columns?: Readonly<Record<string, readonly StoredColumn[]>>;
  /** Columns of which not every source is known. */
  readonly unknown?: readonly string[];
  readonly rows?: readonly StoredColumn[];
  readonly rowsUnknown?: true;
}

/** Writes the lineage of a write. */
export function toStored(lineage: WriteLineage): StoredLineage {
  const { effect } = lineage;
  if (effect === "restore") return { format: 1, effect, version: lineage.version };
  const { origin } = lineage;
  const sources = sourcesOf(origin);
  const place = new Map(sources.map((source, i) => [sourceKey(source), i]));
  const column = (one: ColumnSource): StoredColumn => [
    place.get(sourceKey(one.source)) ?? -1,
    one.column,
  ];
  const same = sameOf(origin, place);
  const names = new Set(same?.columns);
  const others = [...origin.columns].filter(
    ([name, { from }]) => !names.has(name) && from.length > 0,
  );
  const unknown = [...origin.columns].filter(([, derived]) => derived.unknown);
  return {
    format: 1,
    effect,
    ...(sources.length > 0 && { sources }),
    ...(same !== undefined && { same }),
    ...(others.length > 0 && {
      columns: Object.fromEntries(others.map(([name, { from }]) => [name, from.map(column)])),
    }),
    ...(unknown.length > 0 && { unknown: unknown.map(([name]) => name) }),
    ...(origin.rows.from.length > 0 && { rows: origin.rows.from.map(column) }),
    ...(origin.rows.unknown && { rowsUnknown: true as const }),
  };
}

function sourcesOf({ sources, columns, rows }: RowOrigin): readonly LineageSource[] {
  const named = [...columns.values(), rows].flatMap(({ from }) => from.map(({ source }) => source));
  return allSources([...sources, ...named]);
}

/** The largest group of columns that come from the columns of the same name in the same sources. */
function sameOf(
  { columns }: RowOrigin,
  place: ReadonlyMap<string, number>,
): StoredLineage["same"] | undefined {
  const groups = new Map<string, { sources: number[]; columns: string[] }>();
  for (const [name, { from, unknown }] of columns) {
    if (unknown || from.length === 0 || from.some((one) => one.column !== name)) continue;
    const sources = from.map(({ source }) => place.get(sourceKey(source)) ?? -1);
    const key = sources.join(" ");
    const group = groups.get(key) ?? { sources, columns: [] };
    group.columns.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.columns.length - a.columns.length)[0];
}

/** Reads the lineage of a write; undefined for one of a format that is not known. */
export function fromStored(stored: unknown): WriteLineage | undefined {
  if (!isStored(stored)) return undefined;
  const { effect } = stored;
  if (effect === "restore")
    return stored.version === undefined ? undefined : { effect, version: stored.version };
  const sources = stored.sources ?? [];
  const derived = (columns: readonly StoredColumn[], isUnknown: boolean): Derived => ({
    from: columns.flatMap(([i, column]) => {
      const source = sources[i];
      return source === undefined ? [] : [{ source, column }];
    }),
    unknown: isUnknown,
  });
  const unknown = new Set(stored.unknown);
  const columns = new Map<string, Derived>();
  const { sources: shared = [], columns: names = [] } = stored.same ?? {};
  for (const name of names)
    columns.set(
      name,
      derived(
        shared.map((i) => [i, name]),
        false,
      ),
    );
  for (const [name, from] of Object.entries(stored.columns ?? {}))
    columns.set(name, derived(from, unknown.has(name)));
  for (const name of unknown) if (!columns.has(name)) columns.set(name, derived([], true));
  const rows = derived(stored.rows ?? [], stored.rowsUnknown === true);
  return { effect, origin: { sources, columns, rows } };
}

const effects: readonly unknown[] = ["add", "replace", "restore"];

/** Whether a value of a log has the form; another program may have put its own under the name. */
function isStored(value: unknown): value is StoredLineage {
  if (!isRecord(value) || value["format"] !== 1 || !effects.includes(value["effect"])) return false;
  const { sources, same, columns, unknown, rows } = value;
  const isSame =
    isRecord(same) && isList(same["sources"], isNumber) && isList(same["columns"], isText);
  return (
    (sources === undefined || isList(sources, isSource)) &&
    (same === undefined || isSame) &&
    (columns === undefined || isRecord(columns)) &&
    Object.values(columns ?? {}).every((from) => isList(from, isColumn)) &&
    (unknown === undefined || isList(unknown, isText)) &&
    (rows === undefined || isList(rows, isColumn))
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: unknown, is: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(is);
const isNumber = (value: unknown): boolean => typeof value === "number";
const isText = (value: unknown): boolean => typeof value === "string";
const isColumn = (value: unknown): boolean =>
  Array.isArray(value) && isNumber(value[0]) && isText(value[1]);

function isSource(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, name, version } = value;
  if (kind === "rows") return true;
  if (kind === "table") return isText(name) && isNumber(version);
  return (kind === "file" || kind === "catalog") && isText(name);
}
