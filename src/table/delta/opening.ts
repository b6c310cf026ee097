/** @file What a write puts before its own actions: protocol and metadata where they change, and the mark that it happened. */
import type { Clock, Ids } from "../../core/index.ts";
import type { ColumnSpecs } from "../../flow.ts";
import { fail } from "../errors.ts";
import {
  checkExpectations,
  expectationsKey,
  formatExpectations,
  parseExpectations,
  type TableExpectations,
} from "../expectations/table-expectations.ts";
import type { Schema } from "../schema.ts";
import type { Action, MetaData, Protocol } from "./actions.ts";
import { parseCheck } from "./check-sql.ts";
import { type Governed, withFeature } from "./protocol.ts";
import { checkKey, type Shape, shapeOf } from "./shape.ts";
import type { Snapshot } from "./snapshot.ts";
import { type DeltaField, deltaFields, formatFields, parseFields, plainName } from "./types.ts";

/** An application's transaction: the same app and version again is skipped. */
export interface TxnMark {
  readonly app: string;
  readonly version: number;
}

/** How a table is made, beside its columns. */
export interface Creation {
  readonly partitionBy: readonly string[];
  /** CHECK constraints by name, in Delta's SQL. */
  readonly checks: Readonly<Record<string, string>>;
  readonly changeFeed: boolean;
  /** Expectations that each row is judged by. */
  readonly expectations?: TableExpectations | undefined;
  /** Settings of a program's own. */
  readonly properties?: Readonly<Record<string, string | null>> | undefined;
}

/** A table's rules after a write, and the actions that make them so. */
export interface Opening extends Governed {
  readonly shape: Shape;
  readonly actions: readonly Action[];
}

/** Whether the transaction is in the table already. */
export function isDone(snapshot: Snapshot | undefined, txn: TxnMark | undefined): boolean {
  return txn !== undefined && (snapshot?.txns.get(txn.app) ?? -1) >= txn.version;
}

/** The action that marks an application's transaction as done. */
export const markOf = (txn: TxnMark | undefined, clock: Clock): readonly Action[] =>
  txn === undefined
    ? []
    : [{ txn: { appId: txn.app, version: txn.version, lastUpdated: clock() } }];

/**
 * The first lines of a new table's log.
 *
 * @throws `table/unsupported-column`, `table/unsupported-partition`, `table/unsupported-check`,
 * `table/unsupported-property`
 */
export function createTable(
  schema: Schema,
  { creation, clock, ids }: { creation: Creation; clock: Clock; ids: Ids },
): Opening {
  const { partitionBy, checks, changeFeed, expectations, properties } = creation;
  const metaData: MetaData = {
    id: ids().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    name: schema.name,
    format: { provider: "parquet", options: {} },
    schemaString: formatFields(deltaFields(schema.columns)),
    partitionColumns: partitionBy,
    configuration: {},
    createdTime: clock(),
  };
  checkNames(schema.name, Object.keys(schema.columns));
  checkPartitions(schema.name, partitionBy, schema.columns);
  const bare: Governed = { protocol: { minReaderVersion: 1, minWriterVersion: 2 }, metaData };
  return changed(schema.name, {
    before: undefined,
    after: withRules(schema.name, bare, { checks, changeFeed, expectations, properties }),
  });
}

/** A table as it is, for a write that changes none of its rules. */
export const unchanged = ({ protocol, metaData, shape }: Snapshot): Opening => ({
  protocol,
  metaData,
  shape,
  actions: [],
});

/** The actions between two states of a table's rules. */
export function changed(
  name: string,
  { before, after }: { before: Governed | undefined; after: Governed },
): Opening {
  const { protocol, metaData } = after;
  const actions: Action[] = [];
  if (before === undefined || !sameProtocol(before.protocol, protocol)) actions.push({ protocol });
  if (before?.metaData !== metaData) actions.push({ metaData });
  const shape = shapeOf(name, metaData);
  if (before?.metaData !== metaData) checkFeedNames(name, shape);
  return { protocol, metaData, shape, actions };
}

/** The columns that the change data feed has beside the table's, whose readers could not tell them apart. */
function checkFeedNames(name: string, { columns, changeFeed }: Shape): void {
  if (!changeFeed) return;
  for (const column of Object.keys(columns))
    if (/^_(change_type|commit_version|commit_timestamp)$/i.test(column))
      fail("table/unsupported-feature", {
        name,
        feature: `a column named ${column} with the change data feed, which has one of that name`,
      });
}

const sameProtocol = (a: Protocol, b: Protocol): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Rules to set; a check of null is dropped. */
export interface Rules {
  readonly checks?: Readonly<Record<string, string | null>>;
  readonly changeFeed?: boolean | undefined;
  /** Expectations that replace those there; null takes them off. */
  readonly expectations?: TableExpectations | null | undefined;
  /** Settings of a program's own; null drops one. */
  readonly properties?: Readonly<Record<string, string | null>> | undefined;
}

/** The table with rules set, and the features they need. Throws `table/unknown-check`, `table/unsupported-check`, `table/unsupported-property`. */
export function withRules(name: string, table: Governed, rules: Rules): Governed {
  const configuration = { ...table.metaData.configuration };
  let { protocol } = table;
  const shape = shapeOf(name, table.metaData);
  for (const [check, sql] of Object.entries(rules.checks ?? {})) {
    if (sql === null) {
      if (!shape.checks.has(check.toLowerCase()))
        fail("table/unknown-check", { name, check, checks: [...shape.checks.keys()] });
      delete configuration[checkKey(check)];
      continue;
    }
    const parsed = parseCheck(sql, Object.keys(shape.columns));
    if ("reason" in parsed) fail("table/unsupported-check", { name, check, reason: parsed.reason });
    configuration[checkKey(check)] = sql;
    protocol = withFeature(protocol, "checkConstraints");
  }
  if (rules.changeFeed !== undefined)
    configuration["delta.enableChangeDataFeed"] = String(rules.changeFeed);
  if (rules.changeFeed === true) protocol = withFeature(protocol, "changeDataFeed");
  if (rules.expectations === null) delete configuration[expectationsKey];
  else if (rules.expectations !== undefined)
    configuration[expectationsKey] = formatExpectations(rules.expectations);
  setProperties(name, configuration, rules.properties);
  if (JSON.stringify(configuration) === JSON.stringify(table.metaData.configuration)) return table;
  return { protocol, metaData: { ...table.metaData, configuration } };
}

/** Sets a program's own settings. Throws `table/unsupported-property`. */
function setProperties(
  name: string,
  configuration: Record<string, string>,
  properties: Rules["properties"] = {},
): void {
  for (const [property, value] of Object.entries(properties)) {
    if (/^delta\./i.test(property) || property === expectationsKey)
      fail("table/unsupported-property", { name, property });
    if (value === null) delete configuration[property];
    else configuration[property] = value;
  }
}

/** The table with other columns, all of its rows being replaced. */
export function withSchema(name: string, table: Governed, columns: ColumnSpecs): Governed {
  const { metaData } = table;
  const partitionColumns = metaData.partitionColumns;
  const there = new Set(parseFields(metaData.schemaString).map((field) => field.name));
  checkNames(
    name,
    Object.keys(columns).filter((column) => !there.has(column)),
  );
  checkPartitions(name, partitionColumns, columns);
  const schemaString = formatFields(deltaFields(columns));
  if (schemaString === metaData.schemaString) return table;
  for (const [check, sql] of shapeOf(name, metaData).checks) {
    const parsed = parseCheck(sql, Object.keys(columns));
    if ("reason" in parsed) fail("table/unsupported-check", { name, check, reason: parsed.reason });
  }
  const expectations = parseExpectations(name, metaData.configuration);
  if (expectations !== undefined) checkExpectations(name, expectations, Object.keys(columns));
  return { ...table, metaData: { ...metaData, schemaString } };
}

function checkPartitions(name: string, partitionBy: readonly string[], columns: ColumnSpecs): void {
  const refuse = (column: string, reason: string): never =>
    fail("table/unsupported-partition", { name, column, reason });
  for (const [i, column] of partitionBy.entries()) {
    const kind = columns[column]?.kind;
    if (kind === undefined) refuse(column, "it has no such column");
    if (partitionBy.indexOf(column) !== i) refuse(column, "it is named twice");
    if (kind === "float" || kind === "timestamp")
      refuse(
        column,
        `readers differ on how they write a ${kind} in a partition; add a column of text`,
      );
  }
  if (partitionBy.length > 0 && partitionBy.length === Object.keys(columns).length)
    refuse(partitionBy[0] ?? "", "every column would be a partition column, and the files empty");
}

/**
 * Refuses names of new columns that Spark would not write to: its Delta takes none of a few signs without
 * column mapping. A table that another program made with such names is read and written as it is.
 */
function checkNames(name: string, columns: readonly string[]): void {
  for (const column of columns)
    if (column !== plainName(column))
      fail("table/unsupported-column", { name, column, instead: plainName(column) || "value" });
}

/** The kinds of whole numbers in files that Delta lets become a double. */
const widens = new Set(["byte", "short", "integer"]);

/**
 * The table with the new columns of a schema, which must be nullable, and with the kinds and the
 * nullability that Delta lets change. Delta widens byte, short and integer to double; a long, which
 * is what Millrace writes for an int, it does not.
 *
 * @throws `table/unsupported-column`, `table/unsupported-addition`, `table/unsupported-widening`
 */
export function evolved(name: string, table: Governed, columns: ColumnSpecs): Governed {
  const before = parseFields(table.metaData.schemaString);
  const given = new Map(deltaFields(columns).map((field) => [field.name, field]));
  const after = before.map((field) => evolvedField(name, field, given.get(field.name)));
  const there = new Set(before.map((field) => field.name));
  for (const field of given.values()) {
    if (there.has(field.name)) continue;
    checkNames(name, [field.name]);
    if (!field.nullable) fail("table/unsupported-addition", { name, column: field.name });
    after.push(field);
  }
  if (formatFields(after) === formatFields(before)) return table;
  const metaData = { ...table.metaData, schemaString: formatFields(after) };
  const wider = after.some((field, i) => field.type !== (before[i]?.type ?? field.type));
  if (!wider) return { protocol: table.protocol, metaData };
  const configuration = { ...metaData.configuration, "delta.enableTypeWidening": "true" };
  return {
    protocol: withFeature(table.protocol, "typeWidening"),
    metaData: { ...metaData, configuration },
  };
}

function evolvedField(table: string, field: DeltaField, given: DeltaField | undefined): DeltaField {
  if (given === undefined) return field;
  const nullable = field.nullable || given.nullable;
  const { name, type, metadata } = field;
  if (given.type !== "double" || type === "double" || type === "float")
    return nullable === field.nullable ? field : { ...field, nullable };
  if (!widens.has(String(type)))
    fail("table/unsupported-widening", {
      name: table,
      column: name,
      from: String(type),
      to: "float",
    });
  const past = metadata["delta.typeChanges"];
  const changes = [...(Array.isArray(past) ? past : []), { fromType: type, toType: "double" }];
  const { millrace: _, ...others } = metadata;
  return { name, type: "double", nullable, metadata: { ...others, "delta.typeChanges": changes } };
}
