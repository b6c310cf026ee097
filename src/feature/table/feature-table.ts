/** @file A feature table as data: its columns, what tells its rows apart, and who answers for it. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Column, Columns, Schema } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { type MomentFault, noTimes } from "./moment-faults.ts";
import { type Span, spanMs } from "./span.ts";

/** Features of things that a key names: plain data. It is kept as a Delta table of a lake. */
export interface FeatureTable<
  C extends Columns = Columns,
  K extends string = string,
  T extends string = string,
> {
  /** The table's name in the lake: "shop.customer_features". */
  readonly name: string;
  readonly schema: Schema<C>;
  /** The columns that name a thing. */
  readonly key: readonly K[];
  /** Since when a row is true; null where each thing has one row that is true now. */
  readonly timestamp: T | null;
  /** When a row became known, which may be later than when it was true. */
  readonly availableAt: T | null;
  /** The target that models predict of such things, which is refused among the columns. */
  readonly label: string | null;
  /** How old a row may be when it is used, in milliseconds; null for any age. */
  readonly ttlMs: number | null;
  /** How old the newest row may be before the table counts as stale, in milliseconds. */
  readonly freshnessMs: number | null;
  readonly owners: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
  /** 1, 2, …: a definition that changes takes the next. */
  readonly version: number;
  /** What its rows are made of where `featureWindows` keeps them; else null. */
  readonly windows: DeclaredWindows | null;
}

/** What the windows of a feature table are made of. */
export interface DeclaredWindows {
  /** The source's name. */
  readonly from: string;
  /** The column of the source that has a row's moment. */
  readonly time: string;
  /** The width of a tile. */
  readonly everyMs: number;
  /** Each aggregation by its column, such as `sum("paid") over 168 h`. */
  readonly measures: Readonly<Record<string, string>>;
}

/** The columns of a kind. */
type OfKind<C extends Columns, Kind> = {
  readonly [N in keyof C & string]: C[N]["kind"] extends Kind ? N : never;
}[keyof C & string];

/** The columns that may be (part of) a key. */
type KeyColumn<C extends Columns> = OfKind<C, "text" | "category" | "int" | "bool">;

/** What a feature table is declared with. */
export interface FeatureTableOptions<C extends Columns, K extends string, T extends string> {
  readonly name: string;
  readonly schema: Schema<C>;
  /** One column or several, never missing. */
  readonly key: K | readonly K[];
  /** The timestamp column that says since when a row is true. */
  readonly timestamp?: T;
  /** The timestamp column that says when a row became known. Needs `timestamp`. */
  readonly availableAt?: T;
  /** The target of models: a column of this name is refused. */
  readonly label?: string;
  /** How old a row may be when it is used for a label or a request; both ends count. Default: any age. */
  readonly ttl?: Span;
  /** How old the newest row may be before the table counts as stale. */
  readonly freshness?: Span;
  readonly owners?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
  /** Default 1. */
  readonly version?: number;
}

/** The features: the columns that are neither key nor time. */
export type FeatureNames<F> =
  F extends FeatureTable<infer C, infer K, infer T> ? Exclude<keyof C & string, K | T> : never;

/**
 * Declares a feature table. Nothing is made: `applyFeatures` or the first `writeFeatures` keeps it in
 * a lake, its declaration in the table's properties, so that any process finds it.
 *
 * @param options - Name, columns, key, and what else is to be known of it.
 * @returns Plain data.
 * @throws `feature/mismatch-declaration`, `feature/mismatch-span`, `feature/missing-primary-key`, `feature/unknown-table-column`, `feature/unsupported-key`,
 * `feature/unsupported-timestamp`, `feature/conflict-label`, `option/out-of-range`,
 * `option/unknown-name`
 * @example
 * ```ts
 * const customers = schema("customers", { id: text(), at: timestamp(), spend: float() });
 * const spending = featureTable({
 *   name: "shop.spending", schema: customers, key: "id", timestamp: "at", ttl: { days: 30 }, label: "churn",
 * });
 * [spending.key, spending.version, spending.ttlMs] // => [["id"], 1, 2592000000]
 * ```
 */
export function featureTable<
  const C extends Columns,
  const K extends KeyColumn<C>,
  const T extends OfKind<C, "timestamp"> = never,
>(options: FeatureTableOptions<C, K, T>): FeatureTable<C, K, T> {
  const { name, schema, timestamp = null, availableAt = null, label = null } = options;
  const { ttl, freshness, owners = [], tags = {}, description = "", version = 1 } = options;
  const at = `feature table ${name}`;
  checkNames(at, options, known);
  checkNumber(at, { version }, { min: 1, integer: true });
  const key: readonly K[] = typeof options.key === "string" ? [options.key] : options.key;
  const made: FeatureTable<C, K, T> = {
    name,
    schema,
    key,
    timestamp,
    availableAt,
    label,
    ttlMs: ttl === undefined ? null : spanMs(`${at}, ttl`, ttl),
    freshnessMs: freshness === undefined ? null : spanMs(`${at}, freshness`, freshness),
    owners,
    tags,
    description,
    version,
    windows: null,
  };
  checkFeatureTable(made);
  return made;
}

const known = [
  ...["name", "schema", "key", "timestamp", "availableAt", "label"],
  ...["ttl", "freshness", "owners", "tags", "description", "version"],
];

function checkKey({ name, schema, key }: FeatureTable): void {
  for (const [i, column] of key.entries()) {
    const reason = keyFault(columnOf(name, schema.columns, column));
    if (reason !== undefined) fail("feature/unsupported-key", { name, column, reason });
    if (key.indexOf(column) !== i)
      fail("feature/unsupported-key", { name, column, reason: "it is named twice" });
  }
}

const isText = (value: unknown): boolean => typeof value === "string";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const column: Kind = ["a column by its name", (value) => value === null || isText(value)];

/** What a field must be, and whether a value is that. */
type Kind = readonly [expected: string, is: (value: unknown) => boolean];

const kinds: Readonly<Record<string, Kind>> = {
  name: ['a text, such as "shop.spending"', (value) => isText(value) && value !== ""],
  schema: [
    "a schema: schema(name, columns)",
    (value) => isObject(value) && isObject(value["columns"]),
  ],
  key: ["a column or a list of columns", (value) => Array.isArray(value) && value.every(isText)],
  timestamp: column,
  availableAt: column,
  label: column,
  owners: [
    'a list of texts, such as ["ada"]',
    (value) => Array.isArray(value) && value.every(isText),
  ],
  tags: ["texts by name", (value) => isObject(value) && Object.values(value).every(isText)],
  description: ["a text", isText],
};

/** Throws `feature/mismatch-declaration`: what comes from untyped code may be anything. */
function checkKinds(table: FeatureTable): void {
  const at = isText(table.name) ? `feature table ${table.name}` : "featureTable";
  for (const [field, [expected, is]] of Object.entries(kinds)) {
    const got: unknown = table[field as keyof FeatureTable];
    if (!is(got)) fail("feature/mismatch-declaration", { at, field, expected, got });
  }
}

/** Checks what types cannot, and what was read from JSON. */
export function checkFeatureTable(table: FeatureTable): void {
  const { name, schema, key, timestamp, availableAt, label, ttlMs } = table;
  const { columns } = schema;
  checkKinds(table);
  if (key.length === 0) fail("feature/missing-primary-key", { name });
  checkKey(table);
  for (const column of [timestamp, availableAt])
    if (column !== null) {
      const fault = timeFault(column, columnOf(name, columns, column));
      if (fault !== undefined) fail("feature/unsupported-timestamp", { at: name, ...fault });
    }
  if (timestamp === null && (availableAt !== null || ttlMs !== null))
    fail("feature/missing-time", { at: name, tables: [name] });
  if (label !== null && Object.hasOwn(columns, label))
    fail("feature/conflict-label", { at: name, label });
}

function columnOf(at: string, columns: Columns, column: string): Column {
  const found = Object.hasOwn(columns, column) ? columns[column] : undefined;
  return (
    found ?? fail("feature/unknown-table-column", { at, column, columns: Object.keys(columns) })
  );
}

function keyFault({ kind, nullable }: Column): string | undefined {
  if (kind === "float" || kind === "timestamp") return `it is a ${kind} column`;
  return nullable ? "it may be missing" : undefined;
}

function timeFault(column: string, { kind, nullable }: Column): MomentFault | undefined {
  if (kind !== "timestamp") return noTimes(column, kind);
  if (!nullable) return undefined;
  const advice = "Declare it without nullable, and leave out rows without a moment";
  return { column, reason: "it may be missing", advice };
}

/** The columns that tell the rows apart: the key, and the times of a row. */
export const rowKeyOf = ({ key, timestamp, availableAt }: FeatureTable): readonly string[] => [
  ...key,
  ...[timestamp, availableAt].filter((column) => column !== null),
];

/** The features of a table, in the order of its columns. */
export const featuresOf = (table: FeatureTable): readonly string[] => {
  const others = new Set(rowKeyOf(table));
  return Object.keys(table.schema.columns).filter((column) => !others.has(column));
};
