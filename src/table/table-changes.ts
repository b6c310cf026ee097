/** @file Update, delete and alter: changes of the rows and rules that a table has. */
import { checkSchema, checkWhole, strictest } from "./agreement.ts";
import { type Assignments, assignSql, readsOfAssigned } from "./assign.ts";
import { parseCheck } from "./delta/check-sql.ts";
import { checkRows } from "./delta/checks.ts";
import { type Commit, commitPlan, type Plan } from "./delta/commit.ts";
import { changed, withRules } from "./delta/opening.ts";
import { checkWritable } from "./delta/protocol.ts";
import { deletePlan, updatePlan } from "./delta/rewrite.ts";
import type { Snapshot } from "./delta/snapshot.ts";
import type { Writer } from "./delta/write-files.ts";
import { checkRules, judgeOf } from "./expectations/judge.ts";
import { type CellsOf, cells, toSql } from "./expr/index.ts";
import { changeLineage, tableSource } from "./lineage/self.ts";
import type { WriteLineage } from "./lineage/stored.ts";
import type { OpenTable } from "./opened.ts";
import type { Columns } from "./schema.ts";
import type { AlterOptions, Condition } from "./table.ts";
import { checksSql } from "./write-rows.ts";

/** Sets columns of the rows that meet a condition; without anything to set, deletes the rows. */
export async function changeRows<C extends Columns>(
  table: OpenTable<C>,
  condition: Condition<C> | undefined,
  set?: (columns: CellsOf<C>) => Assignments<C>,
): Promise<Commit> {
  const { place, schema } = table;
  const columns = cells(schema);
  const chosen = condition?.(columns);
  const node = chosen?.node;
  const where = node === undefined ? "true" : toSql({ node });
  const assigned = set?.(columns);
  const values = assigned && assignSql(`${place.name}.update`, schema, assigned);
  const reads = { columns: readsOfAssigned(assigned ?? {}), condition: chosen?.reads };
  return commitPlan(table, {
    queued: true,
    planFrom: async (found, writer) => {
      const snapshot = found ?? (await table.existing());
      checkWritable(place.name, snapshot, true);
      checkSchema(place.name, schema, snapshot.shape);
      checkWhole(place.name, schema, snapshot.shape);
      const shape = strictest(snapshot.shape, schema);
      const affected = { snapshot, shape, where, node };
      const lineage = changeLineage(tableSource(place.name, snapshot), reads);
      if (values === undefined) return withLineage(await deletePlan(writer, affected), lineage);
      const judge = await judgeOf({
        name: place.name,
        engine: table.engine,
        metaData: snapshot.metaData,
        shape,
      });
      return withLineage(await updatePlan(writer, affected, { set: values, judge }), lineage);
    },
  });
}

const withLineage = (plan: Plan | undefined, lineage: WriteLineage): Plan | undefined =>
  plan && { ...plan, lineage };

/**
 * Changes checks, expectations and the change data feed. A check must hold for the rows that are
 * there; an expectation judges those to come.
 */
export async function alterTable<C extends Columns>(
  table: OpenTable<C>,
  { checks = {}, changeFeed, expectations, properties }: AlterOptions<C>,
): Promise<Commit> {
  const { place, schema } = table;
  const { name } = place;
  const added: Record<string, Condition<C>> = {};
  const rules: Record<string, string | null> = {};
  for (const [check, condition] of Object.entries(checks))
    if (condition === null) rules[check] = null;
    else added[check] = condition;
  Object.assign(rules, checksSql(name, schema, added));
  return commitPlan(table, {
    queued: true,
    planFrom: async (found, writer) => {
      const snapshot = found ?? (await table.existing());
      checkWritable(name, snapshot, false);
      if (expectations)
        await checkRules({ name, engine: table.engine, shape: snapshot.shape }, expectations);
      const after = withRules(name, snapshot, {
        checks: rules,
        changeFeed,
        expectations,
        properties,
      });
      const opening = changed(name, { before: snapshot, after });
      if (opening.actions.length === 0) return undefined;
      await checkRowsThere(writer, snapshot, rules);
      return {
        operation: "SET TBLPROPERTIES",
        parameters: changedSettings(snapshot.metaData, after.metaData),
        metrics: {},
        actions: opening.actions,
        reads: "table",
      };
    },
  });
}

/** The settings that are other ones now, and the names of those that are gone. */
function changedSettings(
  { configuration: before }: Snapshot["metaData"],
  { configuration: after }: Snapshot["metaData"],
): Plan["parameters"] {
  const set = Object.entries(after).filter(([name, value]) => before[name] !== value);
  const unset = Object.keys(before).filter((name) => !(name in after));
  return { properties: Object.fromEntries(set), ...(unset.length === 0 ? {} : { unset }) };
}

/** The rows that are there must pass the checks to add. Throws `table/mismatch-check`. */
async function checkRowsThere(
  writer: Writer,
  { shape, files }: Snapshot,
  checks: Readonly<Record<string, string | null>>,
): Promise<void> {
  const added = Object.entries(checks).flatMap(([check, condition]) => {
    const parsed =
      condition === null ? undefined : parseCheck(condition, Object.keys(shape.columns));
    return parsed === undefined || "reason" in parsed
      ? []
      : [{ check, condition: String(condition), ...parsed }];
  });
  await checkRows(writer, { shape, files: [...files.values()] }, added);
}
