/** @file Update, delete and alter: changes of the rows and rules that a table has. */
import { checkSchema, checkWhole, strictest } from "./agreement.ts";
import { type Assignments, assignSql } from "./assign.ts";
import { parseCheck } from "./delta/check-sql.ts";
import { type Commit, commitPlan } from "./delta/commit.ts";
import { changed, withRules } from "./delta/opening.ts";
import { checkWritable } from "./delta/protocol.ts";
import { countOutside, deletePlan, updatePlan } from "./delta/rewrite.ts";
import { fail } from "./errors.ts";
import { type CellsOf, cells, toSql } from "./expr/index.ts";
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
  const node = condition?.(columns).node;
  const where = node === undefined ? "true" : toSql({ node });
  const values = set && assignSql(`${place.name}.update`, schema, set(columns));
  return commitPlan(table, {
    queued: true,
    planFrom: async (found, writer) => {
      const snapshot = found ?? (await table.existing());
      checkWritable(place.name, snapshot, true);
      checkSchema(place.name, schema, snapshot.shape);
      checkWhole(place.name, schema, snapshot.shape);
      const affected = { snapshot, shape: strictest(snapshot.shape, schema), where, node };
      return values === undefined
        ? deletePlan(writer, affected)
        : updatePlan(writer, affected, values);
    },
  });
}

/** Changes checks and the change data feed. A check must hold for the rows that are there. */
export async function alterTable<C extends Columns>(
  table: OpenTable<C>,
  { checks = {}, changeFeed }: AlterOptions<C>,
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
      const after = withRules(name, snapshot, { checks: rules, changeFeed });
      const opening = changed(name, { before: snapshot, after });
      if (opening.actions.length === 0) return undefined;
      for (const [check, sql] of Object.entries(rules)) {
        const parsed =
          sql === null ? undefined : parseCheck(sql, Object.keys(snapshot.shape.columns));
        if (parsed === undefined || "reason" in parsed) continue;
        const judged = { shape: snapshot.shape, where: parsed.sql };
        const rows = await countOutside(writer, judged, [...snapshot.files.values()]);
        if (rows > 0) fail("table/mismatch-check", { name, check, condition: String(sql), rows });
      }
      return {
        operation: "SET TBLPROPERTIES",
        parameters: { properties: after.metaData.configuration },
        metrics: {},
        actions: opening.actions,
        reads: "table",
      };
    },
  });
}
