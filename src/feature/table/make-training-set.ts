/** @file A training set made: labels, tables and on-demand features joined in one query, and what serving needs of it. */
import { checkChoice } from "../../core/index.ts";
import type { ColumnSpec } from "../../flow.ts";
import {
  type Column,
  type Columns,
  checkFrame,
  type Frame,
  frame,
  type Lake,
  quoteName,
  type Schema,
} from "../../table/index.ts";
import { type Demand, demandSql, demandsOf } from "./demand.ts";
import { fail } from "./errors.ts";
import { joinOrigin } from "./join-origin.ts";
import { type Joined, joinSql } from "./join-sql.ts";
import type { FeatureLookup } from "./lookup.ts";
import { type LookupsState, lookupsFormat } from "./lookups-state.ts";
import { type ReadTable, readTables } from "./read-tables.ts";
import { checkDefinition } from "./stored.ts";
import { checkLookups, checkMatches, checkMoments, has } from "./training-checks.ts";
import type { Demands, MissingPolicy, TrainingSet } from "./training-options.ts";

/** The options of a training set without their types. */
export interface MakeOptions {
  readonly labels: Frame;
  readonly lookups: readonly FeatureLookup[];
  readonly timestamp?: string;
  readonly label: string;
  readonly exclude?: readonly string[];
  readonly onDemand: ((schema: Schema) => Demands) | undefined;
  readonly missing?: MissingPolicy;
}

/** See `trainingSet`. */
export async function makeTrainingSet(
  lake: Lake,
  options: MakeOptions,
): Promise<Omit<TrainingSet, "base">> {
  const at = "trainingSet";
  const { labels, lookups, timestamp: moment, label, exclude = [], missing = "null" } = options;
  checkFrame(`${at}, labels`, labels);
  checkChoice(at, { missing }, ["null", "drop", "refuse"]);
  const { columns } = labels.schema;
  has(at, columns, label);
  checkLookups(at, { lookups, columns, label });
  await checkMoments(lake, { at, labels, moment, lookups });
  const tables = await readTables(
    lake,
    lookups.map(({ table }) => ({
      ...{ name: table.name, check: (stored) => checkDefinition(stored, table) },
    })),
  );
  const joinedColumns = columnsJoined(at, { columns, lookups, missing });
  const { [label]: _, ...seen } = joinedColumns;
  const demands = demandsOf(options.onDemand?.({ name: labels.schema.name, columns: seen }) ?? {});
  if (demands.some(({ name }) => name === label)) fail("feature/conflict-label", { at, label });
  for (const { name } of demands)
    if (Object.hasOwn(joinedColumns, name)) fail("feature/duplicate-column", { at, column: name });
  const all: Columns = {
    ...joinedColumns,
    ...Object.fromEntries(demands.map(({ name, column }) => [name, column])),
  };
  for (const column of exclude) has(at, all, column);
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !exclude.includes(name)));
  const joined = lookups.map(
    ({ table, by, columns: taken }, i): Joined => ({
      ...{ table, by, columns: taken, drops: missing === "drop" },
      sql: tables[i]?.frame.sql ?? "",
      toldBeforeMs: tables[i]?.toldBeforeMs ?? null,
    }),
  );
  const join = joinSql({
    ...{ labels: labels.sql, labelColumns: Object.keys(columns), joined },
    moment: moment === undefined ? null : quoteName(moment),
  });
  if (missing === "refuse") await checkMatches(lake, { at, join, lookups });
  const select = Object.keys(kept).map((name) => {
    const demand = demands.find((one) => one.name === name);
    return demand === undefined ? quoteName(name) : `${demandSql(demand)} AS ${quoteName(name)}`;
  });
  const rows = frame({
    engine: labels.engine,
    schema: { name: labels.schema.name, columns: kept },
    sql: `SELECT ${select.join(", ")} FROM (${join})`,
    keep: [labels, ...tables.map(({ frame: one }) => one)],
    ...(labels.part === undefined ? {} : { part: labels.part }),
    origin: joinOrigin({ labels, moment, joined, tables, demands, columns: kept }),
  });
  const state = stateOf({ lookups, tables, demands, columns, label, missing });
  return { rows, schema: rows.schema, label, state };
}

/** The columns of the labels and of the lookups. Throws `feature/duplicate-column`. */
function columnsJoined(
  at: string,
  how: {
    readonly columns: Columns;
    readonly lookups: readonly FeatureLookup[];
    readonly missing: MissingPolicy;
  },
): Columns {
  const joined: Record<string, Column> = { ...how.columns };
  for (const { table, columns: taken } of how.lookups)
    for (const [name, from] of Object.entries(taken)) {
      const found = has(at, table.schema.columns, from);
      if (Object.hasOwn(joined, name)) fail("feature/duplicate-column", { at, column: name });
      joined[name] = how.missing === "null" ? { ...found, nullable: true } : found;
    }
  return joined;
}

/** What serving needs to know of a training set. */
function stateOf(parts: {
  readonly lookups: readonly FeatureLookup[];
  readonly tables: readonly ReadTable[];
  readonly demands: readonly Demand[];
  readonly columns: Columns;
  readonly label: string;
  readonly missing: MissingPolicy;
}): LookupsState {
  const { lookups, tables, demands, columns, label, missing } = parts;
  return {
    format: lookupsFormat,
    missing: missing === "null" ? "null" : "refuse",
    lookups: lookups.map(({ table, by, columns: taken }, i) => ({
      table: table.name,
      version: table.version,
      tableVersion: tables[i]?.version ?? 0,
      key: table.key.map((name, k) => ({ name, from: by[k] ?? name })),
      columns: taken,
      timed: table.timestamp !== null,
      ttlMs: table.ttlMs,
    })),
    demands: demands.map(({ name, node, column, reads }) => ({
      ...{ name, node, kind: column.kind, reads },
    })),
    request: Object.fromEntries(
      Object.entries(columns)
        .filter(([name]) => name !== label)
        .map(([name, spec]) => [name, plain(spec)]),
    ),
  };
}

const plain = ({ description: _, key: __, ...spec }: Column): ColumnSpec => spec;
