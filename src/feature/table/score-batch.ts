/** @file Scoring a batch given only keys: the features are found in the offline tables. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Cells, Model, Prediction } from "../../flow.ts";
import { type Columns, checkFrame, type Frame, type Lake, quoteName } from "../../table/index.ts";
import { demandSql } from "./demand.ts";
import { fail } from "./errors.ts";
import type { FeatureTable } from "./feature-table.ts";
import { foundColumn, joinSql } from "./join-sql.ts";
import { checkVersion, type LookupState, lookupsFromState } from "./lookups-state.ts";
import { readTables } from "./read-tables.ts";
import { checkZones } from "./zones.ts";

/** As of when features count. */
export interface ScoreOptions {
  /**
   * A timestamp column of the keys' rows, or one moment for all, such as `new Date()`. Needed where
   * features have a time: what is scored now and what was asked then differ.
   */
  readonly timestamp?: string | Date;
}

const partRows = 10_000;

/**
 * Predictions for keys: the model's lookups find the features as of a moment, by the same join as in
 * training, and its on-demand features are computed. Rows may have more columns than are needed.
 *
 * @param keys - Rows with the columns of a request: `model.lookups.request`.
 * @returns One prediction per row, in their order.
 * @throws `feature/missing-lookups`, `feature/missing-table` for a table that has vanished,
 * `feature/conflict-lookup` for one whose definition has another version than the model learned from,
 * `feature/unknown-table-column`, `feature/missing-matches` where the model refuses rows without features,
 * `feature/missing-time`, `feature/unsupported-timestamp`
 */
export async function scoreBatch<Out>(
  model: Pick<Model<never, Out>, "signature" | "predictAll" | "lookups">,
  keys: Frame,
  how: { readonly lake: Lake } & ScoreOptions,
): Promise<readonly Prediction<Out>[]> {
  const at = "scoreBatch";
  checkNames(at, how, ["lake", "timestamp"]);
  const { lake, timestamp } = how;
  checkFrame(`${at}, keys`, keys);
  const { lookups, signature } = model;
  if (lookups === undefined) return fail("feature/missing-lookups", { at });
  const state = lookupsFromState(lookups.state);
  for (const column of Object.keys(state.request)) needed(at, keys.schema.columns, column);
  const moment = await momentOf(lake, keys, { at, timestamp });
  const tables = await readTables(
    lake,
    state.lookups.map((one) => ({ name: one.table, check: (stored) => checkStored(one, stored) })),
  );
  const timed = tables.filter(({ table }) => table.timestamp !== null);
  if (moment === null && timed.length > 0)
    fail("feature/missing-time", {
      at,
      tables: timed.map(({ table }) => table.name),
      orMoment: true,
    });
  const join = joinSql({
    labels: keys.sql,
    labelColumns: Object.keys(keys.schema.columns).filter((name) => name in state.request),
    moment,
    joined: state.lookups.flatMap((one, i) => {
      const found = tables[i];
      if (found === undefined) return [];
      const { table, frame, toldBeforeMs } = found;
      const by = table.key.map(
        (column) => one.key.find(({ name }) => name === column)?.from ?? column,
      );
      // The ttl is as it was learned, and is served.
      const asLearned = { ...table, ttlMs: table.timestamp === null ? null : one.ttlMs };
      return [
        { table: asLearned, by, columns: one.columns, drops: false, sql: frame.sql, toldBeforeMs },
      ];
    }),
  });
  const found = state.lookups.map((_, i) => foundColumn(i));
  const select = Object.keys(signature.inputs).map((name) => {
    const demand = state.demands.find((one) => one.name === name);
    if (demand === undefined) return quoteName(name);
    const column = { kind: demand.kind, nullable: true };
    return `${demandSql({ node: demand.node, column })} AS ${quoteName(name)}`;
  });
  const predictions: Prediction<Out>[] = [];
  await lake.engine.stream(`SELECT ${[...select, ...found].join(", ")} FROM (${join})`, (part) => {
    const rows = part.rows();
    if (state.missing === "refuse") checkFound(at, rows, state.lookups);
    for (let from = 0; from < rows.length; from += partRows)
      predictions.push(...predict(model, rows.slice(from, from + partRows)));
  });
  return predictions;
}

/** As of when features count, in SQL: a column of the keys' rows, or a moment; null where nobody says. */
async function momentOf(
  lake: Lake,
  keys: Frame,
  { at, timestamp }: { readonly at: string; readonly timestamp: string | Date | undefined },
): Promise<string | null> {
  if (timestamp === undefined) return null;
  if (typeof timestamp !== "string") {
    const ms = checkNumber(at, { timestamp: timestamp.getTime() });
    return `make_timestamptz(${ms * 1000})`;
  }
  needed(at, keys.schema.columns, timestamp);
  await checkZones(lake, keys, { at, columns: [timestamp] });
  return quoteName(timestamp);
}

/** The model takes whole rows, which these are: its inputs were selected. */
function predict<Out>(
  model: Pick<Model<never, Out>, "predictAll">,
  rows: readonly Cells[],
): readonly Prediction<Out>[] {
  return model.predictAll(rows as readonly never[]);
}

function needed(at: string, columns: Columns, column: string): void {
  if (!Object.hasOwn(columns, column))
    fail("feature/unknown-table-column", { at, column, columns: Object.keys(columns) });
}

/** The feature table that a lookup names must be of the version and have the columns. */
function checkStored(lookup: LookupState, { name, version, schema }: FeatureTable): void {
  checkVersion(lookup, version, "the lake");
  for (const column of [...lookup.key.map((part) => part.name), ...Object.values(lookup.columns)])
    needed(name, schema.columns, column);
}

function checkFound(at: string, rows: readonly Cells[], lookups: readonly LookupState[]): void {
  for (const [i, { table }] of lookups.entries()) {
    const name = foundColumn(i).slice(1, -1);
    const without = rows.filter((row) => row[name] !== true).length;
    if (without > 0) fail("feature/missing-matches", { at, table, rows: without });
  }
}
